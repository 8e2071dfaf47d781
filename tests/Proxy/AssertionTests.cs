using System.Net;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Sallyport.Gateway.Issuing;
using Sallyport.Gateway.Trust;
using Sallyport.Gateway.Verification;
using Sallyport.Tests.Cli;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Proxy;

public sealed class AssertionTests
{
    private const string Header = "X-Auth-Assertion";

    private readonly FakeClock _clock = new();

    [Fact]
    [Trait("Acceptance", "A1")]
    public async Task The_upstream_gets_a_token_of_ours_for_it_alone_that_says_who_calls_and_by_whose_word()
    {
        await using var house = await InnerDoor.OpenAsync(json => Assertions(json)["Claims"] = JsonNode.Parse("""{ "org": "org_id", "level": "level", "roles": "roles", "none": "nickname" }"""));
        var token = house.Token(claims =>
        {
            claims["scope"] = "orders:read openid";
            claims["client_id"] = "shop";
            claims["org_id"] = "acme";
            claims["level"] = 3;
            claims["roles"] = new JsonArray("reader", "ad\"min");
            claims["email"] = "alice@example.com";
            claims["act"] = new JsonObject { ["sub"] = "support" };
        });
        Assert.Equal(HttpStatusCode.OK, (await house.Get("/any", token)).StatusCode);

        var received = Assert.Single(house.Upstream.Requests);
        var assertion = received.Header(Header)!;
        var claims = house.Believed(assertion);
        Assert.Equal(InnerDoor.Issuer, (string?)claims["iss"]);
        Assert.Equal("alice", (string?)claims["sub"]);
        Assert.Equal("orders", (string?)claims["aud"]);
        Assert.Equal($$"""{"format":"iss_sub","iss":"{{house.Issuer.Issuer}}","sub":"alice"}""", claims["sub_id"]!.ToJsonString());
        Assert.Equal("orders:read openid", (string?)claims["scope"]);
        Assert.Equal("shop", (string?)claims["client_id"]);
        Assert.Equal("""{"sub":"support"}""", claims["act"]!.ToJsonString());
        Assert.Equal("acme", (string?)claims["org"]);
        Assert.Equal(3, (int)claims["level"]!);
        Assert.Equal(["reader", "ad\"min"], claims["roles"]!.AsArray().Select(role => (string)role!));
        // Chosen claims only, and of those only what the caller's token has.
        Assert.Equal(
            ["act", "aud", "client_id", "exp", "iat", "iss", "jti", "level", "org", "roles", "scope", "sub", "sub_id"],
            claims.Select(claim => claim.Key).Order(StringComparer.Ordinal));
        Assert.Equal(120, (long)claims["exp"]! - (long)claims["iat"]!);
        Assert.Equal("JWT", (string?)InnerDoor.Part(assertion, 0)["typ"]);
        var active = house.Keys().Current!.Active!.Key.KeyId;
        Assert.Equal(active, InnerDoor.KidOf(assertion));
        Assert.Contains(house.Gateway.Logs.Entries, entry => entry.Message.Contains("\"assertion\"", StringComparison.Ordinal) && entry.Message.Contains(active, StringComparison.Ordinal));

        Assert.Equal("alice", received.Header("X-Auth-Subject"));
        Assert.Null(received.Header("Authorization"));
        Assert.DoesNotContain(assertion, house.Gateway.Logs.Everything, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_clusters_that_ask_get_one_and_only_for_a_caller_with_a_token()
    {
        await using var house = await InnerDoor.OpenAsync(json =>
        {
            var clusters = json["ReverseProxy"]!["Clusters"]!;
            clusters["plain"] = new JsonObject { ["Destinations"] = clusters["upstream"]!["Destinations"]!.DeepClone() };
            json["ReverseProxy"]!["Routes"]!["orders"]!["ClusterId"] = "plain";
        });
        var token = house.Token(claims => claims["scope"] = "orders:read");
        foreach (var (path, sent, gets) in new[] { ("/any", token, true), ("/orders", token, false), ("/optional", token, true), ("/optional", null, false), ("/open", token, false) })
        {
            Assert.Equal(HttpStatusCode.OK, (await house.Get(path, sent)).StatusCode);
            Assert.Equal(gets ? 1 : 0, house.Upstream.Requests[^1].Values(Header).Length);
        }
    }

    [Theory]
    [InlineData("X-Auth-Assertion", "x_auth.assertion")]
    [InlineData("X-Auth-Assertion", "X-AUTH-ASSERTION")]
    [InlineData("Gateway-Token", "Gateway-Token")]
    [InlineData("Gateway-Token", "gateway_token")]
    [InlineData("Gateway-Token", "GATEWAY.TOKEN")]
    [InlineData("Gateway-Token", "Gateway--Token")]
    [InlineData("Gateway-Token", "_Gateway~Token_")]
    [Trait("Acceptance", "D12")]
    public async Task A_clients_own_never_reaches_an_upstream(string header, string sent)
    {
        await using var house = await InnerDoor.OpenAsync(json => Assertions(json)["Header"] = header);
        foreach (var (path, token) in new[] { ("/open", null), ("/optional", null), ("/any", house.Token()), ("/optional", house.Token()) })
        {
            var authorization = token is null ? "" : $"Authorization: Bearer {token}\r\n";
            var answer = await RawHttp.SendAsync(
                house.Gateway.Url,
                $"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{authorization}{sent}: forged\r\nX-Other: kept\r\n{sent}: forged\r\nGateway-Tokens: kept\r\n\r\n");
            Assert.Equal(200, answer.Status);

            var received = house.Upstream.Requests[^1];
            Assert.Equal("kept", received.Header("X-Other"));
            Assert.Equal("kept", received.Header("Gateway-Tokens"));
            Assert.DoesNotContain(received.Headers, line => line.Value == "forged");
            if (token is null) Assert.Empty(received.Values(header));
            else house.Believed(received.Header(header));
        }
    }

    [Fact]
    [Trait("Acceptance", "D12")]
    public async Task In_Authorization_it_takes_the_place_of_every_other_bearer_token()
    {
        await using var house = await InnerDoor.OpenAsync(json =>
        {
            Assertions(json)["Header"] = "Authorization";
            json["Sallyport"]!["Forwarding"]!["Token"] = "Keep";
        });
        Assert.Equal(HttpStatusCode.OK, (await house.Get("/any", house.Token())).StatusCode);
        var sent = house.Upstream.Requests[^1].Header("Authorization")!;
        Assert.StartsWith("Bearer ", sent, StringComparison.Ordinal);
        Assert.Equal("alice", (string?)house.Believed(sent["Bearer ".Length..])["sub"]);

        // Where nobody is verified, nobody's token is forwarded; other credentials are not ours to take.
        foreach (var (lines, received) in new[]
        {
            ("Authorization: Bearer forged\r\n", Array.Empty<string>()), ("Authorization: bEaReR\tforged\r\n", []),
            ("Authorization: Basic YTpi\r\nAuthorization: Bearer forged\r\n", []), ("Authorization: Basic YTpi\r\n", ["Basic YTpi"]),
        })
        {
            Assert.Equal(200, (await RawHttp.SendAsync(house.Gateway.Url, $"GET /open HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{lines}\r\n")).Status);
            Assert.Equal(received, house.Upstream.Requests[^1].Values("Authorization"));
        }
    }

    [Fact]
    public async Task A_repeated_request_signs_nothing()
    {
        await using var house = await InnerDoor.OpenAsync();
        var (one, other) = (house.Token(), house.Token(claims => claims["sub"] = "bob"));
        for (var i = 0; i < 20; i++)
            foreach (var token in new[] { one, other })
                Assert.Equal(HttpStatusCode.OK, (await house.Get("/any", token)).StatusCode);

        Assert.Equal(2, house.Signed());
        Assert.Equal(2, house.Upstream.Requests.Select(request => request.Header(Header)).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task Requests_that_come_at_once_do_not_sign_as_many()
    {
        await using var house = await InnerDoor.OpenAsync();
        await house.Get("/any", house.Token(claims => claims["sub"] = "first"));
        var before = house.Signed();

        var token = house.Token();
        var answers = await Task.WhenAll(Enumerable.Range(0, 300).Select(_ => house.Get("/any", token)));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        // As many as were between the question to the cache and its answer at once: never more than the pool has threads, of which a busy process has more.
        Assert.InRange(house.Signed() - before, 1, 150);
    }

    [Fact]
    public async Task Of_a_thousand_that_ask_for_one_token_at_once_one_signs()
    {
        await using var house = await InnerDoor.OpenAsync();
        var trust = house.Gateway.Services.GetRequiredService<TrustedIssuers>().Current!;
        var verdict = await house.Gateway.Services.GetRequiredService<TokenVerifier>().VerifyAsync(house.Token(), trust, null, default);
        var audience = new AssertionAudience("orders", new AssertionOptions(), house.Gateway.Services.GetRequiredService<AssertionMint>());

        await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => Task.Run(async () => Assert.Null(await audience.AssertAsync(verdict.Token!, "any", default)))));

        Assert.Equal(1, house.Signed());
        // Another configuration's audience has its own.
        Assert.Null(new AssertionAudience("orders", new AssertionOptions(), house.Gateway.Services.GetRequiredService<AssertionMint>()).Held(verdict.Token!));
    }

    [Fact]
    public async Task It_is_renewed_when_a_quarter_of_its_life_is_left()
    {
        await using var house = await InnerDoor.OpenAsync(clock: _clock);
        var token = house.Token(claims => claims["exp"] = (long)claims["iat"]! + 3600);
        var first = await Asserted(house, token);
        _clock.Advance(TimeSpan.FromSeconds(89));
        Assert.Equal(first, await Asserted(house, token));
        _clock.Advance(TimeSpan.FromSeconds(2));
        var second = await Asserted(house, token);
        Assert.NotEqual(first, second);
        Assert.Equal(91, (long)InnerDoor.Part(second, 1)["exp"]! - (long)InnerDoor.Part(first, 1)["exp"]!);
        Assert.Equal(2, house.Signed());
    }

    [Fact]
    public async Task It_never_outlives_the_callers_token_nor_is_it_renewed_for_that()
    {
        await using var house = await InnerDoor.OpenAsync(
            json =>
            {
                var clusters = json["ReverseProxy"]!["Clusters"]!;
                clusters["plain"] = new JsonObject { ["Destinations"] = clusters["upstream"]!["Destinations"]!.DeepClone() };
                json["ReverseProxy"]!["Routes"]!["tenants"]!["ClusterId"] = "plain";
            },
            _clock);
        var token = house.Token(claims => (claims["exp"], claims["org_id"]) = ((long)claims["iat"]! + 50.5, "acme"));
        var assertion = await Asserted(house, token);
        Assert.Equal(50, (long)InnerDoor.Part(assertion, 1)["exp"]! - (long)InnerDoor.Part(assertion, 1)["iat"]!);
        _clock.Advance(TimeSpan.FromSeconds(49));
        Assert.Equal(assertion, await Asserted(house, token));

        // Past its end the clock skew lets it pass, but no assertion can be made of it.
        _clock.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal((401, "token_expired"), await House.Problem(await house.Get("/any", token)));
        Assert.Equal(HttpStatusCode.OK, (await house.Get("/tenants/acme/1", token)).StatusCode);
        Assert.Equal(1, house.Signed());
    }

    [Fact]
    [Trait("Acceptance", "C10")]
    public async Task It_never_outlives_its_key()
    {
        await using var house = await InnerDoor.OpenAsync(clock: _clock);
        await house.StopRotationAsync();
        var ring = house.Keys().Current!;
        house.Keys().Publish(ring with { Active = ring.Active! with { NotAfter = _clock.GetUtcNow().AddSeconds(40) } });
        var token = house.Token();
        var assertion = InnerDoor.Part(await Asserted(house, token), 1);
        Assert.Equal(40, (long)assertion["exp"]! - (long)assertion["iat"]!);

        _clock.Advance(TimeSpan.FromSeconds(41));
        Assert.Equal((503, "signing_unavailable"), await House.Problem(await house.Get("/any", token)));
    }

    [Fact]
    [Trait("Acceptance", "C8")]
    public async Task After_its_key_was_replaced_and_revoked_no_request_brings_the_old_one()
    {
        await using var house = await InnerDoor.OpenAsync();
        var token = house.Token();
        var before = await Asserted(house, token);
        await house.ReplaceKeyAsync();

        var after = await Asserted(house, token);
        Assert.NotEqual(InnerDoor.KidOf(before), InnerDoor.KidOf(after));
        Assert.Equal(house.Keys().Current!.Active!.Key.KeyId, InnerDoor.KidOf(after));
        Assert.Equal(after, await Asserted(house, token));
        Assert.Equal(2, house.Signed());
    }

    [Fact]
    [Trait("Acceptance", "A7")]
    public async Task Without_a_key_to_sign_with_nothing_is_forwarded()
    {
        await using var house = await InnerDoor.OpenAsync();
        var (kept, fresh) = (house.Token(), house.Token(claims => claims["sub"] = "bob"));
        var assertion = await Asserted(house, kept);
        await house.StopRotationAsync();
        var ring = house.Keys().Current!;
        house.Keys().Publish(ring with { Epoch = ring.Epoch + 1, Active = null, Problem = "the store is away" });
        var requests = house.Upstream.Requests.Count;

        using var refused = await house.Get("/any", fresh);
        Assert.Equal((503, "signing_unavailable"), await House.Problem(refused));
        Assert.Equal(TimeSpan.FromSeconds(5), refused.Headers.RetryAfter?.Delta);
        Assert.Equal(requests, house.Upstream.Requests.Count);
        // One that was signed before is as good as it was.
        Assert.Equal(assertion, await Asserted(house, kept));
        // Who gets none needs none.
        Assert.Equal(HttpStatusCode.OK, (await house.Get("/open")).StatusCode);

        house.Keys().Publish(ring);
        house.Believed(await Asserted(house, fresh));
        Assert.Contains(house.Gateway.Logs.Entries, entry => entry.Message.Contains("\"token_refused\"", StringComparison.Ordinal) && entry.Message.Contains("signing_unavailable", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Acceptance", "A6")]
    public async Task An_assertion_is_no_access_token_at_our_own_door()
    {
        await using var house = await InnerDoor.OpenAsync(json => json["Sallyport"]!["TrustedIssuers"]!["own"]!["Audiences"] = new JsonArray("gateway", "orders"));
        var assertion = await Asserted(house, house.Token());

        Assert.Equal((401, "type_not_allowed"), await House.Problem(await house.Get("/any", assertion)));
        Assert.Equal(HttpStatusCode.OK, (await house.Get("/any", await house.OwnTokenAsync())).StatusCode);
    }

    [Fact]
    public async Task Of_a_token_of_our_own_it_says_whose_subject_it_speaks_for()
    {
        await using var house = await InnerDoor.OpenAsync();
        const string Origin = """{"format":"iss_sub","iss":"https://id.example.com","sub":"alice"}""";
        var exchanged = await house.OwnTokenAsync(token =>
        {
            token.Claims["sub_id"] = JsonNode.Parse(Origin);
            token.Claims["act"] = JsonNode.Parse("""{"sub":"billing"}""");
        });
        var claims = house.Believed(await Asserted(house, exchanged));
        Assert.Equal(Origin, claims["sub_id"]!.ToJsonString());
        Assert.Equal("""{"sub":"billing"}""", claims["act"]!.ToJsonString());

        // Anybody else's word about a third party counts for nothing.
        claims = house.Believed(await Asserted(house, house.Token(token => token["sub_id"] = JsonNode.Parse(Origin))));
        Assert.Equal(house.Issuer.Issuer, (string?)claims["sub_id"]!["iss"]);
    }

    [Fact]
    public async Task A_websocket_brings_it_too()
    {
        await using var house = await InnerDoor.OpenAsync(json => json["ReverseProxy"]!["Routes"]!["any"]!["Match"]!["Path"] = "/ws");
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", "Bearer " + house.Token());
        socket.Options.SetRequestHeader(Header, "forged");
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false });
        await socket.ConnectAsync(new Uri(house.Gateway.Url.Replace("http", "ws", StringComparison.Ordinal) + "/ws"), invoker, CancellationToken.None);

        house.Believed(house.Upstream.Requests[^1].Header(Header));
    }

    [Fact]
    public async Task A_stream_over_http2_brings_it_too_and_a_clients_own_is_taken_out()
    {
        await using var house = await InnerDoor.OpenAsync(json =>
        {
            json["Kestrel"] = JsonNode.Parse("""{ "Endpoints": { "only": { "Url": "http://127.0.0.1:0", "Protocols": "Http2" } } }""");
            json["ReverseProxy"]!["Routes"]!["any"]!["Match"]!["Path"] = "/stream";
        });
        using var client = FrontDoors.Client(house.Gateway, http2: true);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/stream") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Headers.Add("Authorization", "Bearer " + house.Token());
        request.Headers.Add("x_auth_assertion", "forged");
        house.Upstream.Stream.Writer.TryWrite("first");
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

        Assert.Equal((HttpStatusCode.OK, HttpVersion.Version20), (answer.StatusCode, answer.Version));
        house.Believed(house.Upstream.Requests[^1].Header(Header));
        Assert.DoesNotContain(house.Upstream.Requests[^1].Headers, line => line.Value == "forged");
        house.Upstream.Stream.Writer.Complete();
    }

    [Fact]
    public async Task Explain_tells_of_it_and_signs_none()
    {
        JsonObject? configuration = null;
        await using var house = await InnerDoor.OpenAsync(json => configuration = (JsonObject)json.DeepClone());
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, configuration!.ToJsonString());
        var explained = await Verb.RunAsync("", "explain", "--url", "/any", "--token", house.Token(), "--config", file, "--environment", "Development");
        File.Delete(file);

        Assert.Equal(0, explained.ExitCode);
        Assert.Contains("An assertion for audience orders in X-Auth-Assertion.", explained.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Claims_that_no_header_could_carry_are_refused()
    {
        await using var house = await InnerDoor.OpenAsync(json =>
        {
            json["Sallyport"]!["VerifiedTokens"] = new JsonObject { ["MaxTokenBytes"] = 16_384 };
            Assertions(json)["Claims"] = new JsonObject { ["note"] = "note", ["again"] = "note" };
        });
        var large = house.Token(claims => claims["note"] = new string('n', 8_000));
        Assert.Equal((431, "assertion_too_large"), await House.Problem(await house.Get("/any", large)));
        Assert.Equal(HttpStatusCode.OK, (await house.Get("/any", house.Token(claims => claims["note"] = new string('n', 2_000)))).StatusCode);
    }

    [Fact]
    public async Task A_changed_configuration_changes_it_at_once()
    {
        await using var house = await InnerDoor.OpenAsync();
        var token = house.Token(claims => claims["email"] = "alice@example.com");
        Assert.False(house.Believed(await Asserted(house, token)).ContainsKey("mail"));

        var changed = House.Configuration(house.Issuer, house.Upstream);
        changed["Sallyport"]!["Issuer"] = JsonNode.Parse($$"""{ "Issuer": "{{InnerDoor.Issuer}}", "Keys": { "Store": "Memory" }, "Assertions": { "Claims": { "mail": "email" } } }""");
        changed["ReverseProxy"]!["Clusters"]!["upstream"]!["Metadata"] = new JsonObject { ["Sallyport:Audience"] = "billing" };
        house.Gateway.Change(changed);

        await Poll.Until(async () => (string?)InnerDoor.Part(await Asserted(house, token), 1)["aud"] == "billing");
        Assert.Equal("alice@example.com", (string?)house.Believed(await Asserted(house, token))["mail"]);
    }

    private static async Task<string> Asserted(House house, string token)
    {
        using var answer = await house.Get("/any", token);
        Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        return house.Upstream.Requests[^1].Header(Header)!;
    }

    private static JsonNode Assertions(JsonObject json) => json["Sallyport"]!["Issuer"]!["Assertions"] ??= new JsonObject();
}
