using System.Text.Json;
using System.Text.Json.Nodes;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Cli;

public sealed class ExplainVerbTests
{
    private readonly Shop _shop = new();

    [Fact]
    public async Task A_request_that_passes_has_every_step_and_the_headers_that_go_on()
    {
        var (exitCode, root) = await Json("--url", "/orders/acme/42", "--token", _shop.Token());
        Assert.Equal(0, exitCode);
        Assert.True(root.GetProperty("allowed").GetBoolean());
        Assert.Equal("orders", root.GetProperty("route").GetString());
        Assert.Equal("acme", root.GetProperty("routeValues").GetProperty("tenant").GetString());
        Assert.Equal(
            ["passed", "passed", "passed", "skipped", "passed", "passed", "passed", "passed", "passed", "passed"],
            root.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("outcome").GetString()));
        Assert.Equal(Enumerable.Range(0, 10), root.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("number").GetInt32()));
        Assert.Equal("alice", root.GetProperty("forwardedHeaders").GetProperty("X-Auth-Subject").GetString());
        Assert.Equal("acme", root.GetProperty("forwardedHeaders").GetProperty("X-Auth-Org").GetString());

        var text = await Verb.RunAsync(_shop.Configuration(), null, "explain", "--url", "/orders/acme/42", "--token", _shop.Token());
        Assert.Equal(0, text.ExitCode);
        Assert.Contains("X-Auth-Subject: alice", text.Output);
    }

    [Fact]
    public async Task A_refusal_names_its_step_and_what_came_after_was_not_reached()
    {
        await Fails(8, 403, "tenant_mismatch", "--url", "/orders/globex/42", "--token", _shop.Token());
        await Fails(8, 403, "insufficient_scope", "--url", "/orders/acme/42", "--token", _shop.Token(claims => claims["scope"] = "other"));
        await Fails(8, 401, "token_missing", "--url", "/orders/acme/42");
        await Fails(5, 401, "signature_invalid", "--url", "/orders/acme/42", "--token", TokenForge.Tampered(_shop.Token()));
        await Fails(6, 401, "audience_mismatch", "--url", "/orders/acme/42", "--token", _shop.Token(claims => claims["aud"] = "x"));
        await Fails(4, 401, "issuer_unknown", "--url", "/orders/acme/42", "--token", _shop.Token(claims => claims["iss"] = "x"));
        await Fails(2, 401, "token_malformed", "--url", "/orders/acme/42", "--token", "a.b.c");
        await Fails(2, 401, "token_malformed", "--url", "/orders/acme/42", "--token", "a b");
        await Fails(2, 400, "token_twice", "--url", "/query/x?access_token=a", "--token", _shop.Token());
        await Fails(2, 431, "token_too_long", "--url", "/orders/acme/42", "--token", new string('A', 9000));
        await Fails(1, 400, "path_ambiguous", "--url", "/orders/acme/%252e%252e/x", "--token", _shop.Token());
        await Fails(0, 404, "route_not_found", "--url", "/nothing/here");
        await Fails(0, 404, "route_mismatch", "--url", "/public/x", "--route", "orders");

        async Task Fails(int number, int status, string reason, params string[] arguments)
        {
            var (exitCode, root) = await Json(arguments);
            Assert.Equal((1, false, status, reason), (exitCode, root.GetProperty("allowed").GetBoolean(), root.GetProperty("status").GetInt32(), root.GetProperty("reason").GetString()));
            var outcomes = root.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("outcome").GetString()).ToList();
            Assert.Equal("failed", outcomes[number]);
            Assert.All(outcomes.Skip(number + 1), outcome => Assert.Equal("not reached", outcome));
            Assert.DoesNotContain("failed", outcomes.Take(number));
            Assert.Empty(root.GetProperty("forwardedHeaders").EnumerateObject());
        }
    }

    [Fact]
    public async Task A_method_that_no_route_of_the_path_takes_is_405_and_one_that_it_takes_is_not()
    {
        var configuration = _shop.Configuration();
        foreach (var route in (string[])["beta", "preview", "internal"]) configuration["ReverseProxy"]!["Routes"]!.AsObject().Remove(route);
        var refused = await Verb.RunAsync(configuration, null, "explain", "--url", "/orders/acme/42", "--method", "POST", "--token", _shop.Token());
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("Refused with 405: method_not_allowed", refused.Output);
        Assert.Equal(0, (await Verb.RunAsync(configuration, null, "explain", "--url", "/orders/acme/42", "--method", "get", "--token", _shop.Token())).ExitCode);
    }

    [Theory]
    [InlineData("/cookie/x", "cookie")]
    [InlineData("/query/x?a=b", "query")]
    [InlineData("/either/x", "either")]
    [InlineData("/optional/x", "optional")]
    public async Task The_token_is_put_where_the_route_looks_for_it(string url, string route)
    {
        var (exitCode, root) = await Json("--url", url, "--token", _shop.Token());
        Assert.Equal((0, route), (exitCode, root.GetProperty("route").GetString()));
        Assert.Equal("alice", root.GetProperty("forwardedHeaders").GetProperty("X-Auth-Subject").GetString());
    }

    [Theory]
    [InlineData("beta", "/orders/acme/1", "--header", "X-Beta: 1")]
    [InlineData("preview", "/orders/acme/1?preview=1")]
    [InlineData("internal", "https://internal.example/orders")]
    [InlineData("internal", "/orders", "--header", "Host: internal.example")]
    [InlineData("public", "/public/../public/%2E%2e/public/x")]
    [InlineData("public", "http://anything.example:99/public?x#y")]
    public async Task Hosts_headers_and_query_choose_the_route_as_in_the_gateway(string route, string url, params string[] more)
    {
        var (exitCode, root) = await Json(["--url", url, .. more]);
        Assert.Equal((0, route), (exitCode, root.GetProperty("route").GetString()));
    }

    [Fact]
    public async Task A_named_route_needs_no_URL_but_a_tenant_rule_then_has_no_values()
    {
        var (exitCode, root) = await Json("--route", "either", "--token", _shop.Token());
        Assert.Equal((0, "either"), (exitCode, root.GetProperty("route").GetString()));

        var (refused, tenant) = await Json("--route", "orders", "--token", _shop.Token());
        Assert.Equal((1, "tenant_missing"), (refused, tenant.GetProperty("reason").GetString()));
        Assert.Contains("--url", tenant.GetProperty("steps")[8].GetProperty("detail").GetString());

        Assert.Equal(0, (await Json("--route", "orders", "--url", "/orders/acme/1", "--token", _shop.Token())).ExitCode);
        Assert.Equal(2, (await Verb.RunAsync(_shop.Configuration(), null, "explain", "--route", "nowhere")).ExitCode);
    }

    [Fact]
    public async Task Identity_headers_of_the_client_are_counted_and_the_token_may_come_from_standard_input()
    {
        var (_, open) = await Json("--url", "/public/x", "--header", "X_Auth.Subject: me", "--header", "x-auth-org: us", "--header", "Accept: x");
        Assert.Contains("client: 2 stripped", open.GetProperty("steps")[9].GetProperty("detail").GetString());

        var piped = await Verb.RunAsync(_shop.Configuration(), $"Bearer {_shop.Token()}\n", "explain", "--url", "/orders/acme/1", "--token", "-");
        Assert.Equal(0, piped.ExitCode);
    }

    [Fact]
    public async Task Keys_that_cannot_be_had_are_503()
    {
        var configuration = _shop.Configuration();
        await using var issuer = await IssuerServer.StartAsync();
        configuration["Sallyport"]!["TrustedIssuers"]!["corp"]!["Keys"] = new JsonObject { ["JwksUri"] = issuer.JwksUri };
        await issuer.Stop();
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, configuration.ToJsonString());
        var result = await Verb.RunAsync("", "explain", "--json", "--url", "/orders/acme/1", "--token", _shop.Token(), "--config", file, "--environment", "Development");
        File.Delete(file);
        Assert.Equal(1, result.ExitCode);
        var root = JsonDocument.Parse(result.Output).RootElement;
        Assert.Equal((503, "keys_unavailable"), (root.GetProperty("status").GetInt32(), root.GetProperty("reason").GetString()));
        Assert.True(root.GetProperty("answerHeaders").TryGetProperty("Retry-After", out _));
    }

    /// <summary>What is explained is what happens: each request goes through the running gateway too.</summary>
    [Fact]
    public async Task The_explanation_agrees_with_the_gateway()
    {
        await using var upstream = await RecordingUpstream.StartAsync();
        var port = FreePort.Next();
        var configuration = _shop.Configuration(upstream.Url);
        configuration["Urls"] = $"http://127.0.0.1:{port}";
        await using var gateway = await GatewayProcess.StartAsync(["serve", "--config", "shop.json"], files: new Dictionary<string, string> { ["shop.json"] = configuration.ToJsonString() });
        await gateway.Line("Application started");

        var good = _shop.Token();
        (string Target, string Method, string? Token, string? Header)[] requests =
        [
            ("/orders/acme/1", "GET", good, null),
            ("/orders/acme", "GET", good, null),
            ("/orders/acme/", "GET", good, null),
            ("/orders/globex/1", "GET", good, null),
            ("/orders/acme/1", "GET", null, null),
            ("/orders/acme/1", "DELETE", good, null),
            ("/ORDERS/acme/1", "GET", good, null),
            ("/orders/ACME/1", "GET", good, null),
            ("/orders/%61cme/1", "GET", good, null),
            ("/orders/acme%2F1", "GET", good, null),
            ("/orders/acme%252F1", "GET", good, null),
            ("/orders/globex/../acme/1", "GET", good, null),
            ("/orders/acme/../globex/1", "GET", good, null),
            ("/orders/acme/%2e%2e/globex/1", "GET", good, null),
            ("/orders/acme/%252e%252e/globex", "GET", good, null),
            ("/orders/acme/..%2f..%2fglobex", "GET", good, null),
            ("/orders//acme/1", "GET", good, null),
            ("/orders/acme/1", "GET", good, "X-Beta: 1"),
            ("/orders/acme/1?preview=1", "GET", good, null),
            ("/optional/x", "GET", null, null),
            ("/optional/x", "GET", "a.b.c", null),
            ("/public/x", "POST", null, null),
            ("/public/..", "GET", null, null),
            ("/public/..;/orders/acme/1", "GET", null, null),
            ("/nothing", "GET", good, null),
            ("/orders/acme/1", "GET", good, "Authorization: Bearer again"),
            ("/either/1", "GET", _shop.Token(claims => claims["exp"] = 1), null),
            ("/either/1", "GET", _shop.Token(claims => claims.Remove("sub")), null),
        ];
        foreach (var (target, method, token, header) in requests)
        {
            var before = upstream.Requests.Count;
            var sent = $"{method} {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n"
                + (header is null ? "" : header + "\r\n") + (token is null ? "" : $"Authorization: Bearer {token}\r\n") + "\r\n";
            var answer = await RawHttp.SendAsync($"http://127.0.0.1:{port}", sent);
            var (_, root) = await Json([
                "--url", target, "--method", method,
                .. token is null ? Array.Empty<string>() : ["--token", token],
                .. header is null ? Array.Empty<string>() : ["--header", header],
            ]);
            var request = $"{method} {target} {header}";
            Assert.True(root.GetProperty("allowed").GetBoolean() == upstream.Requests.Count > before, request);
            if (root.GetProperty("status").ValueKind == JsonValueKind.Null)
            {
                foreach (var forwarded in root.GetProperty("forwardedHeaders").EnumerateObject())
                    Assert.Equal(forwarded.Value.GetString(), upstream.Requests[^1].Header(forwarded.Name));
                Assert.Equal(root.GetProperty("forwardedHeaders").EnumerateObject().Count(), upstream.Requests[^1].Headers.Count(h => h.Key.StartsWith("X-Auth-", StringComparison.OrdinalIgnoreCase)));
            }
            else
            {
                Assert.True(root.GetProperty("status").GetInt32() == answer.Status, $"{request}: {answer.Status}, explained as {root.GetProperty("status")}");
                if (answer.Text.StartsWith('{')) Assert.Equal(JsonDocument.Parse(answer.Text).RootElement.GetProperty("reason").GetString(), root.GetProperty("reason").GetString());
                if (answer.Header("WWW-Authenticate") is { } challenge) Assert.Equal(challenge, root.GetProperty("answerHeaders").GetProperty("WWW-Authenticate").GetString());
            }
        }
    }

    private async Task<(int ExitCode, JsonElement Root)> Json(params string[] arguments)
    {
        var result = await Verb.RunAsync(_shop.Configuration(), null, ["explain", "--json", .. arguments]);
        Assert.Equal("", result.Errors);
        return (result.ExitCode, JsonDocument.Parse(result.Output).RootElement);
    }
}
