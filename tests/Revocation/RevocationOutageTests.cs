using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Sallyport.Gateway.Revocation;
using Sallyport.Tests.Admin;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Revocation;

/// <summary>What a running gateway makes of a Redis that goes, comes back, or has forgotten.</summary>
public sealed class RevocationOutageTests : IAsyncLifetime
{
    private readonly FakeClock _clock = new(DateTimeOffset.UtcNow);
    private RedisServer _redis = null!;

    public async Task InitializeAsync() => _redis = await RedisServer.StartAsync();

    public async Task DisposeAsync() => await _redis.DisposeAsync();

    [Fact]
    public async Task A_Redis_that_comes_back_empty_gets_everything_back_and_nothing_passes_meanwhile()
    {
        await using var house = await Open();
        var (revoked, other) = await RevokeOne(house);

        await _redis.Kill();
        Assert.Equal(401, await Status(house, "/open-if-stale/1", revoked));
        await _redis.StartAgain();
        await using var hand = await _redis.ConnectAsync();
        await Poll.Until(async () => await hand.GetDatabase().KeyExistsAsync("sallyport:{revocation}:buckets"), TimeSpan.FromSeconds(30));
        Assert.Equal(401, await Status(house, "/open-if-stale/1", revoked));
        Assert.Equal(200, await Status(house, "/open-if-stale/1", other));

        await using var newcomer = await Revoker.StartAsync(_redis);
        await Poll.Until(async () =>
        {
            await newcomer.CatchUp();
            return newcomer.Revokes("revoked", issuer: house.Issuer.Issuer);
        });
    }

    [Fact]
    public async Task A_Redis_that_forgets_while_connected_gets_everything_back()
    {
        await using var house = await Open();
        var (revoked, _) = await RevokeOne(house);
        await using var hand = await _redis.ConnectAsync();
        await hand.GetDatabase().ExecuteAsync("FLUSHALL");
        await Poll.Until(async () =>
        {
            _clock.Advance(TimeSpan.FromSeconds(6));
            return await hand.GetDatabase().KeyExistsAsync("sallyport:{revocation}:buckets");
        });
        Assert.Equal(401, await Status(house, "/open-if-stale/1", revoked));
    }

    [Fact]
    public async Task While_the_list_is_stale_a_policy_that_fails_closed_answers_503_and_the_others_go_by_memory()
    {
        await using var house = await Open();
        var (revoked, other) = await RevokeOne(house);
        string[] closed = ["/closed/1", "/combined/1"];
        foreach (var path in closed) Assert.Equal(200, await Status(house, path, other));

        await _redis.Kill();
        _clock.Advance(TimeSpan.FromSeconds(29));
        foreach (var path in closed) Assert.Equal(200, await Status(house, path, other));
        _clock.Advance(TimeSpan.FromSeconds(2));
        foreach (var path in closed)
        {
            // A verdict of before, and a token never seen; what is known to be bad stays bad.
            foreach (var token in (string[])[other, house.Token(c => c["jti"] = "new")])
            {
                using var response = await house.Get(path, token);
                Assert.Equal((503, "revocations_stale"), await House.Problem(response));
                Assert.Equal("5", response.Headers.RetryAfter?.ToString());
            }

            Assert.Equal(401, await Status(house, path, revoked));
            Assert.Equal(401, await Status(house, path, token: null));
        }

        Assert.Equal(200, await Status(house, "/open-if-stale/1", other));
        Assert.Equal(401, await Status(house, "/open-if-stale/1", revoked));
        Assert.Equal(200, await Status(house, "/open/1", token: null));

        await _redis.StartAgain();
        await Poll.Until(async () => await Status(house, "/closed/1", other) == 200, TimeSpan.FromSeconds(30));
        Assert.Equal(401, await Status(house, "/closed/1", revoked));
    }

    [Fact]
    public async Task An_endpoint_that_is_not_proxied_answers_503_too_while_the_list_is_stale()
    {
        await using var house = await Open();
        var (_, other) = await RevokeOne(house);
        Assert.Equal(200, await EndpointStatus(house, other));
        Assert.Equal(401, await EndpointStatus(house, token: null));
        await _redis.Kill();
        _clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(503, await EndpointStatus(house, other));
        Assert.Equal(401, await EndpointStatus(house, token: null));
    }

    [Fact]
    public async Task Health_tells_of_a_list_that_is_old_and_of_one_that_was_never_loaded()
    {
        await using (var house = await Open())
        {
            var probe = new Probe(house.Gateway);
            await Poll.Until(async () => (string?)(await probe.Ready()).Report["status"] == "Ready");
            await _redis.Kill();
            _clock.Advance(TimeSpan.FromSeconds(31));
            var (status, report) = await probe.Ready();
            Assert.Equal((HttpStatusCode.OK, "Degraded"), (status, (string?)report["status"]));
            Assert.Contains("the revocation list is 31 s old", report["reasons"]!.ToJsonString(), StringComparison.Ordinal);
        }

        await using (var house = await Open())
        {
            var probe = new Probe(house.Gateway);
            var (status, report) = await probe.Ready();
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "NotReady"), (status, (string?)report["status"]));
            Assert.Contains("not loaded yet", report["reasons"]!.ToJsonString(), StringComparison.Ordinal);
            Assert.Equal(503, await Status(house, "/closed/1", house.Token()));
            Assert.Equal(200, await Status(house, "/open-if-stale/1", house.Token()));

            _clock.Advance(TimeSpan.FromSeconds(31));
            (status, report) = await probe.Ready();
            Assert.Equal((HttpStatusCode.OK, "Degraded"), (status, (string?)report["status"]));
            Assert.Contains("could not be loaded", report["reasons"]!.ToJsonString(), StringComparison.Ordinal);

            await _redis.StartAgain();
            await Poll.Until(async () => (string?)(await probe.Ready()).Report["status"] == "Ready", TimeSpan.FromSeconds(30));
            Assert.Equal(200, await Status(house, "/closed/1", house.Token()));
        }
    }

    [Fact]
    public async Task A_revocation_that_was_missed_is_known_before_the_process_is_ready_again()
    {
        await using var house = await Open();
        var probe = new Probe(house.Gateway);
        var (_, other) = await RevokeOne(house);
        _redis.Freeze();
        await Poll.Until(async () => (string?)(await probe.Ready()).Report["status"] == "Degraded", TimeSpan.FromSeconds(30));
        _redis.Thaw();
        await using var revoker = await Revoker.StartAsync(_redis);
        // Its message may be lost: the connections of the gateway are cut at the same time.
        await using var hand = await _redis.ConnectAsync(options => options.AllowAdmin = true);
        await hand.GetDatabase().ExecuteAsync("CLIENT", "KILL", "TYPE", "pubsub");
        await revoker.Revoke(Revoker.Record("other", issuer: house.Issuer.Issuer));
        await Poll.Until(async () => (string?)(await probe.Ready()).Report["status"] == "Ready", TimeSpan.FromSeconds(30));
        await Poll.UntilAnswered(async () => await Status(house, "/open-if-stale/1", other) == 401);
    }

    [Fact]
    public async Task Without_Redis_nothing_is_revoked_and_nothing_is_stale()
    {
        await using var house = await House.OpenAsync(clock: _clock);
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(200, await Status(house, "/any/1", house.Token()));
        var list = house.Gateway.Services.GetRequiredService<RevocationList>();
        Assert.False(list.IsShared || list.IsStale || list.IsAwaited);
        Assert.Null(house.Gateway.Services.GetService<RevocationSync>());
    }

    private Task<House> Open() => House.OpenAsync(
        json =>
        {
            Revoker.Share(json, _redis);
            var policies = json["Sallyport"]!["Policies"]!;
            policies["closed"] = JsonNode.Parse("""{ "Issuers": ["corp"], "Revocation": "FailClosed" }""");
            policies["combined"] = JsonNode.Parse("""{ "AnyOf": ["any", "closed"] }""");
            policies["open-if-stale"] = JsonNode.Parse("""{ "Revocation": "FailOpen" }""");
            foreach (var name in (string[])["closed", "combined", "open-if-stale"])
                json["ReverseProxy"]!["Routes"]![name] = JsonNode.Parse($$"""{ "ClusterId": "upstream", "AuthorizationPolicy": "{{name}}", "Match": { "Path": "/{{name}}/{**rest}" } }""");
        },
        _clock);

    /// <summary>Two tokens that the gateway has seen, of which the first has been revoked since, and the gateway knows.</summary>
    private async Task<(string Revoked, string Other)> RevokeOne(House house)
    {
        var (revoked, other) = (house.Token(c => c["jti"] = "revoked"), house.Token(c => c["jti"] = "other"));
        Assert.Equal(200, await Status(house, "/open-if-stale/1", revoked));
        Assert.Equal(200, await Status(house, "/open-if-stale/1", other));
        await using var revoker = await Revoker.StartAsync(_redis);
        await revoker.Revoke(Revoker.Record("revoked", issuer: house.Issuer.Issuer));
        await Poll.UntilAnswered(async () => await Status(house, "/open-if-stale/1", revoked) == 401);
        return (revoked, other);
    }

    /// <summary>What ASP.NET Core's authorization answers for an endpoint of this process with the policy <c>closed</c>.</summary>
    private static async Task<int> EndpointStatus(House house, string? token)
    {
        await using var scope = house.Gateway.Services.CreateAsyncScope();
        var services = scope.ServiceProvider;
        var context = new DefaultHttpContext { RequestServices = services };
        if (token is not null) context.Request.Headers.Authorization = $"Bearer {token}";
        var policy = (await services.GetRequiredService<IAuthorizationPolicyProvider>().GetPolicyAsync("closed"))!;
        var evaluator = services.GetRequiredService<IPolicyEvaluator>();
        var authenticated = await evaluator.AuthenticateAsync(policy, context);
        var authorized = await evaluator.AuthorizeAsync(policy, authenticated, context, context);
        await services.GetRequiredService<IAuthorizationMiddlewareResultHandler>().HandleAsync(_ => Task.CompletedTask, context, policy, authorized);
        return context.Response.StatusCode;
    }

    private static async Task<int> Status(House house, string path, string? token)
    {
        using var response = await house.Get(path, token);
        return (int)response.StatusCode;
    }
}
