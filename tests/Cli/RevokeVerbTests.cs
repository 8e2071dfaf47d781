using System.Text.Json;
using System.Text.Json.Nodes;
using Sallyport.Tests.Revocation;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Cli;

public sealed class RevokeVerbTests : IAsyncLifetime
{
    private readonly Shop _shop = new();
    private RedisServer _redis = null!;

    public async Task InitializeAsync() => _redis = await RedisServer.StartAsync();

    public async Task DisposeAsync() => await _redis.DisposeAsync();

    [Fact]
    public async Task What_is_revoked_is_refused_by_a_running_gateway_by_token_verify_and_by_explain()
    {
        await using var upstream = await RecordingUpstream.StartAsync();
        var configuration = Configuration(upstream.Url);
        configuration["Sallyport"]!["TrustedIssuers"]!["partner"]!["Keys"] = configuration["Sallyport"]!["TrustedIssuers"]!["corp"]!["Keys"]!.DeepClone();
        await using var gateway = await TestGateway.StartAsync(configuration);
        using var client = FrontDoors.Client(gateway);
        var (token, other) = (_shop.Token(c => c["jti"] = "j-1"), _shop.Token(c => c["jti"] = "j-2"));
        Assert.Equal(200, await Ask(token));
        Assert.Equal(0, (await Run("token", "verify", token)).ExitCode);

        var revoked = await Run("revoke", "--issuer", "corp", "--jti", "j-1", "--reason", "lost phone");
        Assert.Equal(0, revoked.ExitCode);
        var record = JsonNode.Parse(Assert.Single(revoked.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries))["audit ".Length..])!;
        Assert.Equal(("tokens_revoked", "operator"), ((string?)record["event"], (string?)record["actor"]));
        Assert.Contains("the token with jti j-1", revoked.Output);
        Assert.Contains("lost phone", revoked.Output);
        Assert.Contains("in 24 hours", revoked.Output);

        await Poll.Until(async () => await Ask(token) == 401);
        Assert.Equal(200, await Ask(other));
        var verify = await Run("token", "verify", token, "--json");
        Assert.Equal((1, "token_revoked"), (verify.ExitCode, (string?)JsonNode.Parse(verify.Output)!["reason"]));
        Assert.Equal(0, (await Run("token", "verify", other)).ExitCode);
        var explain = await Run("explain", "--url", "/orders/acme/1", "--token", token, "--json");
        Assert.Equal((1, "token_revoked"), (explain.ExitCode, (string?)JsonNode.Parse(explain.Output)!["reason"]));
        Assert.Equal(0, (await Run("explain", "--url", "/orders/acme/1", "--token", other)).ExitCode);

        async Task<int> Ask(string bearer)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/orders/acme/1");
            request.Headers.Authorization = new("Bearer", bearer);
            using var response = await client.SendAsync(request);
            return (int)response.StatusCode;
        }
    }

    [Fact]
    public async Task What_is_kept_until_when_follows_from_the_issuer_unless_it_is_told()
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var sub = await Revoke("--sub", "alice");
        Near(now + 30, sub["issuedBefore"]);
        Near(now + 30 + 86_400 + 60 + 60, sub["keptUntil"]);
        Assert.Equal(("sub", "alice", "corp", Shop.Issuer), ((string?)sub["kind"], (string?)sub["value"], (string?)sub["issuerName"], (string?)sub["issuer"]));

        Near(now + 86_400 + 60 + 60, (await Revoke("--jti", "j"))["keptUntil"]);
        var kid = await Revoke("--kid", "k");
        Near(now + (365 * 86_400), kid["keptUntil"]);
        Assert.Null(kid["issuedBefore"]);

        var all = await Revoke("--issued-before", "2026-01-01T01:00:00+01:00", "--until", "2090-01-01T00:00:00.5Z");
        Assert.Equal("all", (string?)all["kind"]);
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds(), (long)all["issuedBefore"]!);
        Assert.Equal(new DateTimeOffset(2090, 1, 1, 0, 0, 1, TimeSpan.Zero).ToUnixTimeSeconds(), (long)all["keptUntil"]!);
        Assert.Equal(5, (await Revoke("--sub", "bob", "--issued-before", "1970-01-01T00:00:05Z"))["issuedBefore"]!.GetValue<long>());

        async Task<JsonNode> Revoke(params string[] arguments)
        {
            var result = await Run(["revoke", "--issuer", "corp", "--json", .. arguments]);
            Assert.True(result.ExitCode == 0, result.Errors);
            var answer = JsonNode.Parse(result.Output)!;
            Assert.True((bool)answer["revoked"]!);
            return answer;
        }

        static void Near(long expected, JsonNode? found) => Assert.InRange((long)found!, expected, expected + 120);
    }

    [Fact]
    public async Task A_wrong_command_line_revokes_nothing_and_says_what_is_wrong()
    {
        await Wrong("Give --issuer: one of corp, partner.", "--jti", "j");
        await Wrong("No trusted issuer is named 'nobody'", "--issuer", "nobody", "--jti", "j");
        await Wrong("Give one of", "--issuer", "corp", "--jti", "j", "--sub", "s");
        await Wrong("--issued-before for all", "--issuer", "corp");
        await Wrong("does not go with --kid", "--issuer", "corp", "--kid", "k", "--issued-before", "2026-01-01T00:00:00Z");
        await Wrong("--jti is empty", "--issuer", "corp", "--jti", "");
        await Wrong("--issued-before is no time", "--issuer", "corp", "--sub", "s", "--issued-before", "2026-01-01");
        await Wrong("--issued-before is no time", "--issuer", "corp", "--sub", "s", "--issued-before", "2026-01-01T00:00:00");
        await Wrong("--until is not in the future", "--issuer", "corp", "--sub", "s", "--until", "2020-01-01T00:00:00Z");
        await Wrong("after the year 2099", "--issuer", "corp", "--sub", "s", "--until", "2500-01-01T00:00:00Z");
        await Wrong("--reason is longer", "--issuer", "corp", "--sub", "s", "--reason", new string('x', 600));
        Assert.Contains("Nothing is revoked.", (await Run("revocations", "list")).Output);

        async Task Wrong(string what, params string[] arguments)
        {
            var result = await Run(["revoke", .. arguments]);
            Assert.Equal((2, ""), (result.ExitCode, result.Output));
            Assert.Contains(what, result.Errors);
        }
    }

    [Fact]
    public async Task The_list_shows_the_newest_first_and_tells_of_records_that_are_not_authentic()
    {
        await using var revoker = await Revoker.StartAsync(_redis);
        await using var stranger = await Revoker.StartAsync(_redis, macKeys: [new byte[32]]);
        var now = Revoker.Now;
        await revoker.Revoke([.. Enumerable.Range(0, 30).Select(i => Revoker.Record($"j{i}", issuer: Shop.Issuer, at: now - 100 + (uint)i))]);
        await revoker.Revoke(Revoker.Record("\u001b[31mred", issuer: "https://partner.example", at: now) with { Reason = "why" });
        await revoker.Append((Revoker.Record("x"), stranger.Seal.Seal(Revoker.Record("x"))));

        var text = (await Run("revocations", "list")).Output;
        Assert.Contains("31 revocations.", text);
        Assert.Contains("1 records are not authentic", text);
        Assert.DoesNotContain('\u001b', text);
        Assert.Contains("partner", text.Split('\n')[1]);
        Assert.True(text.IndexOf("jti j29", StringComparison.Ordinal) < text.IndexOf("jti j28", StringComparison.Ordinal));

        var some = JsonDocument.Parse((await Run("revocations", "list", "--issuer", "corp", "--limit", "3", "--json")).Output).RootElement;
        Assert.Equal(30, some.GetProperty("count").GetInt64());
        Assert.Equal(1, some.GetProperty("notAuthentic").GetInt64());
        Assert.Equal(["j29", "j28", "j27"], some.GetProperty("revocations").EnumerateArray().Select(r => r.GetProperty("value").GetString()));
        Assert.Equal(2, (await Run("revocations", "list", "--issuer", "nobody")).ExitCode);
        Assert.Equal(2, (await Run("revocations", "list", "--limit", "0")).ExitCode);
    }

    [Fact]
    public async Task Without_Redis_or_while_it_is_away_it_says_so_and_verifying_goes_on()
    {
        var none = await Verb.RunAsync(_shop.Configuration(), null, "revoke", "--issuer", "corp", "--jti", "j");
        Assert.Equal(1, none.ExitCode);
        Assert.Contains("No Redis is configured", none.Errors);
        Assert.Equal(1, (await Verb.RunAsync(_shop.Configuration(), null, "revocations", "list")).ExitCode);

        await _redis.Kill();
        var away = await Run("revoke", "--issuer", "corp", "--jti", "j");
        Assert.Equal((1, ""), (away.ExitCode, away.Output));
        Assert.Contains("Nothing was revoked. Redis is away", away.Errors);

        var verify = await Run("token", "verify", _shop.Token());
        Assert.Equal(0, verify.ExitCode);
        Assert.Contains("a revoked token is not recognised", verify.Errors);

        var configuration = Configuration();
        configuration["Sallyport"]!["Policies"]!["corp-only"]!["Revocation"] = "FailClosed";
        var explain = await Verb.RunAsync(configuration, null, "explain", "--url", "/either/1", "--token", _shop.Token(), "--json");
        Assert.Equal("revocations_stale", (string?)JsonNode.Parse(explain.Output)!["reason"]);
        Assert.Equal(503, (int)JsonNode.Parse(explain.Output)!["status"]!);
    }

    private Task<ProcessResult> Run(params string[] arguments) => Verb.RunAsync(Configuration(), null, arguments);

    private JsonObject Configuration(string upstream = "http://127.0.0.1:9")
    {
        var configuration = _shop.Configuration(upstream);
        Revoker.Share(configuration, _redis);
        return configuration;
    }
}
