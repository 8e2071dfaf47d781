using System.Net;
using System.Text.Json.Nodes;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Fleet;

/// <summary>What was revoked at one place is refused at every gateway, and stays so through crashes and outages.</summary>
[Collection(Fleets.Name)]
public sealed class RevocationTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task What_the_verb_revokes_is_refused_by_all_gateways_cached_verdicts_included_and_after_a_restart()
    {
        await using var fleet = await GatewayFleet.StartAsync();
        var issuer = fleet.Issuer;
        var other = issuer.NextKey();
        issuer.Publish(issuer.First, other);
        var twin = issuer.Token(edit: claims => claims["sub"] = "bob");
        (string Token, string[] Options)[] revoked =
        [
            (issuer.Token(edit: claims => claims["jti"] = "a-token"), ["--jti", "a-token"]),
            (issuer.Token(edit: claims => claims["sub"] = "mallory"), ["--sub", "mallory"]),
            (issuer.Token(other), ["--kid", other.Kid]),
        ];
        await fleet.Accepts(twin);
        foreach (var (token, options) in revoked)
        {
            await fleet.Accepts(token);
            await fleet.Accepts(token);
            await fleet.Revoke(options);
            await fleet.ComesToRefuse(token);
            await fleet.Accepts(twin);
        }

        await fleet.Replicas[1].Restart();
        await fleet.Replicas[1].BecomesReady();
        foreach (var (token, _) in revoked) await fleet.Refuses(token, "token_revoked");
        await fleet.Accepts(twin);

        await fleet.Revoke("--issued-before", DateTimeOffset.UtcNow.AddSeconds(1).ToString("O"));
        await fleet.ComesToRefuse(twin);
        await fleet.Accepts(issuer.Token(edit: claims => claims["iat"] = (long)claims["iat"]! + 5));
    }

    [Theory]
    [InlineData(nameof(WireMode.BlackHole))]
    [InlineData(nameof(WireMode.Refuse))]
    public async Task A_gateway_that_was_cut_off_catches_up_before_it_says_that_it_is_ready(string mode)
    {
        await using var fleet = await GatewayFleet.StartAsync(new FleetPlan { HasRedisWires = true, RedisTimeout = null });
        var (issuer, lost) = (fleet.Issuer, fleet.Replicas[2]);
        var (revoked, twin) = (issuer.Token(edit: claims => claims["jti"] = "a-token"), issuer.Token());
        await fleet.Accepts(revoked);
        for (var round = 0; round < 2; round++)
        {
            lost.RedisWire!.Set(Enum.Parse<WireMode>(mode));
            await lost.MissesRedis();
            var (token, jti) = (issuer.Token(edit: claims => claims["jti"] = $"token {round}"), $"token {round}");
            await fleet.Accepts(token);
            await fleet.Revoke("--jti", jti);
            foreach (var replica in fleet.Replicas.Take(2)) await replica.ComesToRefuse(token);
            await lost.Accepts(token);

            lost.RedisWire.Set(WireMode.Pass);
            await lost.BecomesReady();
            await lost.Refuses(token, "token_revoked");
            await fleet.Accepts(twin);
        }
    }

    [Fact]
    public async Task While_redis_is_away_closed_routes_answer_503_open_ones_serve_and_what_was_revoked_stays_refused()
    {
        await using var fleet = await GatewayFleet.StartAsync(new FleetPlan { Edit = Closed });
        var issuer = fleet.Issuer;
        var (revoked, good) = (issuer.Token(edit: claims => claims["jti"] = "a-token"), issuer.Token());
        await fleet.Revoke("--jti", "a-token");
        await fleet.ComesToRefuse(revoked);
        await fleet.Accepts(good, "/closed");

        await fleet.Redis.Kill();
        foreach (var replica in fleet.Replicas)
        {
            await Poll.Until(async () => (await replica.Get(good, "/closed")).StatusCode == HttpStatusCode.ServiceUnavailable, what: "the list is stale");
            Assert.InRange(await replica.IsUnavailable(good, "revocations_stale", "/closed"), Second, 60 * Second);
            await replica.Accepts(good);
            await replica.Refuses(revoked, "token_revoked");
        }

        // One that starts now does not know what is revoked: it serves where that is said to be better than nothing.
        await fleet.Replicas[1].Restart();
        await fleet.Replicas[1].MissesRedis();
        await fleet.Replicas[1].Accepts(good);
        await fleet.Replicas[1].IsUnavailable(good, "revocations_stale", "/closed");
        await fleet.Replicas[1].IsUnavailable(revoked, "revocations_stale", "/closed");

        await fleet.Redis.StartAgain();
        foreach (var replica in fleet.Replicas)
            await Poll.Until(async () => (await replica.Get(good, "/closed")).StatusCode == HttpStatusCode.OK, what: "the list is fresh again");
        await fleet.BecomesReady();
        await fleet.Accepts(good, "/closed");
        // Redis came back empty, and the one without a memory has it from the others.
        await fleet.ComesToRefuse(revoked);
        await fleet.Refuses(revoked, "token_revoked", "/closed");
    }

    [Fact]
    public async Task Garbage_in_the_place_of_revocations_takes_none_away_and_they_are_there_again_when_it_is_gone()
    {
        await using var fleet = await GatewayFleet.StartAsync();
        await using var redis = await fleet.Redis.ConnectAsync();
        var issuer = fleet.Issuer;
        var (revoked, twin) = (issuer.Token(edit: claims => claims["sub"] = "mallory"), issuer.Token());
        await fleet.Revoke("--sub", "mallory");
        await fleet.ComesToRefuse(revoked);
        foreach (var fill in Garbage.Kinds)
        {
            foreach (var name in await Garbage.Names(redis)) await fill(redis.GetDatabase(), name);
            await fleet.Revoke("--jti", "makes them look");
            await fleet.Refuses(revoked, "token_revoked");
            await fleet.Accepts(twin);
        }

        foreach (var name in await Garbage.Names(redis)) await redis.GetDatabase().KeyDeleteAsync(name);
        await fleet.ComesToList("mallory");
        await fleet.BecomesReady();
        await fleet.Refuses(revoked, "token_revoked");
        await fleet.Accepts(twin);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_redis_that_lost_all_it_had_gets_the_revocations_back_from_the_gateways(bool isKilled)
    {
        await using var fleet = await GatewayFleet.StartAsync();
        var issuer = fleet.Issuer;
        var (revoked, twin) = (issuer.Token(edit: claims => claims["sub"] = "mallory"), issuer.Token());
        await fleet.Accepts(revoked);
        await fleet.Revoke("--sub", "mallory");
        await fleet.ComesToRefuse(revoked);

        if (isKilled)
        {
            await fleet.Redis.Kill();
            await fleet.MissesRedis();
            await fleet.Redis.StartAgain();
        }
        else
        {
            await using var redis = await fleet.Redis.ConnectAsync(options => options.AllowAdmin = true);
            await redis.GetServers().Single().FlushAllDatabasesAsync();
        }

        await fleet.BecomesReady();
        await fleet.Refuses(revoked, "token_revoked");
        await fleet.Accepts(twin);
        // A verb has nothing but what lies in Redis.
        await fleet.ComesToList("mallory");
        await fleet.Replicas[0].Restart();
        await fleet.Replicas[0].BecomesReady();
        await fleet.Refuses(revoked, "token_revoked");
        await fleet.Accepts(twin);
    }

    private static void Closed(JsonObject json)
    {
        json["Sallyport"]!["Revocation"] = new JsonObject { ["MaxAge"] = "00:00:08" };
        json["Sallyport"]!["Policies"]!["closed"] = new JsonObject { ["Required"] = true, ["Revocation"] = "FailClosed" };
        json["ReverseProxy"]!["Routes"]!["closed"] = JsonNode.Parse("""{ "ClusterId": "upstream", "AuthorizationPolicy": "closed", "Match": { "Path": "/closed" } }""");
    }
}
