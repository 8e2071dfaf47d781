using System.Net;
using System.Text.Json.Nodes;
using Sallyport.Tests.Support;
using Xunit.Abstractions;

namespace Sallyport.Tests.Fleet;

/// <summary>Redis away in every way there is. What the gateways have in memory serves on, and what they cannot share they do alone.</summary>
[Collection(Fleets.Name)]
public sealed class RedisOutageTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    // Few enough for the budget of one address.
    private const int Unknown = 8;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Acceptance", "D11")]
    public async Task Without_redis_each_gateway_keeps_its_own_cooldown_and_single_flight_and_its_return_needs_no_restart(bool wasThere)
    {
        await using var fleet = await GatewayFleet.StartAsync(new FleetPlan
        {
            Issuers = [new("corp") { Cooldown = 8 * Second }],
            IsRedisRunning = wasThere,
            IsReady = wasThere,
            // So long a gateway that starts waits to learn what is revoked before it says that it can do without.
            Edit = json => json["Sallyport"]!["Revocation"] = new JsonObject { ["MaxAge"] = "00:00:02" },
        });
        var issuer = fleet.Issuer;
        if (wasThere) await fleet.Redis.Kill();
        await fleet.MissesRedis();
        await fleet.Accepts(issuer.Token());
        Assert.Equal(wasThere ? 1 : 3, issuer.Fetches);

        var (before, next) = (issuer.Fetches, issuer.NextKey());
        issuer.Publish(issuer.First, next);
        await Task.WhenAll(Enumerable.Range(0, 150).Select(i => fleet.Replicas[i % 3].Accepts(issuer.Token(next))));
        Assert.Equal(before + 3, issuer.Fetches);

        await Task.WhenAll(Enumerable.Range(0, 3 * Unknown).Select(i => fleet.Replicas[i % 3].Refuses(issuer.Token(NamedKey.New($"nobody's {i}")), "kid_unknown")));
        Assert.Equal(before + 6, issuer.Fetches);

        await fleet.Redis.StartAgain();
        await fleet.BecomesReady();
        await fleet.Accepts(issuer.Token(next));
        var third = issuer.NextKey();
        issuer.Publish(next, third);
        before = issuer.Fetches;
        await Poll.Until(async () => (await fleet.Replicas[0].Get(issuer.Token(third))).StatusCode == HttpStatusCode.OK, what: "the cooldown is over");
        await fleet.Accepts(issuer.Token(third));
        Assert.Equal(before + 1, issuer.Fetches);
    }

    [Fact]
    public async Task Redis_killed_and_started_again_under_load_costs_no_good_token()
    {
        await using var fleet = await GatewayFleet.StartAsync(new FleetPlan { RedisTimeout = null });
        var issuer = fleet.Issuer;
        await using var load = Load.Start(fleet, () => issuer.Token(issuer.Newest));
        for (var outage = 0; outage < 2; outage++)
        {
            await load.Goes();
            await fleet.Redis.Kill();
            await Rotate();
            await fleet.MissesRedis();
            await Rotate();
            await fleet.Redis.StartAgain();
            await Rotate();
            await fleet.BecomesReady();
            await Rotate();
        }

        var tally = await load.StopAsync();
        output.WriteLine($"{tally}");
        tally.AllPassed(400);

        async Task Rotate()
        {
            issuer.Rotate();
            await load.Goes();
        }
    }

    [Fact]
    public async Task Redis_frozen_under_load_costs_no_good_token_and_only_a_miss_waits_for_it()
    {
        await using var fleet = await GatewayFleet.StartAsync(new FleetPlan { RedisTimeout = null });
        var (issuer, waits) = (fleet.Issuer, new List<TimeSpan>());
        await using var before = Load.OfKnownTokens(fleet, issuer);
        await before.Goes(200);
        var quiet = await before.StopAsync();

        fleet.Redis.Freeze();
        await using var hits = Load.OfKnownTokens(fleet, issuer);
        foreach (var replica in fleet.Replicas) await Miss(replica);
        await fleet.MissesRedis();
        foreach (var replica in fleet.Replicas) await Miss(replica);
        await hits.Goes(200);
        fleet.Redis.Thaw();
        await fleet.BecomesReady();
        foreach (var replica in fleet.Replicas) await Miss(replica);

        var frozen = await hits.StopAsync();
        output.WriteLine($"quiet:  {quiet}");
        output.WriteLine($"frozen: {frozen}");
        output.WriteLine($"misses: {string.Join(", ", waits.Select(wait => $"{wait.TotalMilliseconds:0} ms"))}");
        quiet.AllPassed(200);
        frozen.AllPassed(400);
        // Whoever waits for a frozen server waits until somebody gives up, seconds later. How long a busy machine takes by itself, the quiet load says.
        var slow = TimeSpan.FromTicks(Math.Max(2 * Second.Ticks, 20 * quiet.Percentile(50).Ticks));
        Assert.True(frozen.Percentile(50) < slow, $"{frozen}");
        Assert.True(waits.Take(3).Min() < slow, "Every miss waited for longer than its bound and a fetch.");
        Assert.True(waits.Skip(3).Take(3).Min() < slow, "Every miss waited for longer than its bound and a fetch.");

        async Task Miss(Replica replica)
        {
            var next = issuer.NextKey();
            issuer.Publish(issuer.First, next);
            var token = issuer.Token(next);
            var watch = System.Diagnostics.Stopwatch.StartNew();
            await replica.Accepts(token);
            waits.Add(watch.Elapsed);
        }
    }

    [Fact]
    public async Task Redis_flushed_under_load_costs_no_good_token_and_at_most_a_fetch_each_time()
    {
        await using var fleet = await GatewayFleet.StartAsync();
        var issuer = fleet.Issuer;
        await using var redis = await fleet.Redis.ConnectAsync(options => options.AllowAdmin = true);
        await using var load = Load.Start(fleet, () => issuer.Token(issuer.Newest));
        await load.Goes();
        var before = issuer.Fetches;
        const int Rounds = 6;
        for (var round = 0; round < Rounds; round++)
        {
            await redis.GetServers().Single().FlushAllDatabasesAsync();
            await load.Goes();
            issuer.Rotate();
            if (round % 2 == 0) await redis.GetServers().Single().FlushAllDatabasesAsync();
            await load.Goes();
        }

        // A flush in the middle of a rotation may take the lease, or the answer, away from those who wait for it.
        Assert.InRange(issuer.Fetches - before, Rounds, 3 * Rounds);
        await fleet.BecomesReady();
        (await load.StopAsync()).AllPassed(600);
    }

    [Fact]
    public async Task Redis_filled_with_garbage_under_load_costs_no_good_token()
    {
        await using var fleet = await GatewayFleet.StartAsync(new FleetPlan { Issuers = [new("corp") { Cooldown = 2 * Second }] });
        var issuer = fleet.Issuer;
        await using var redis = await fleet.Redis.ConnectAsync(options => options.AllowAdmin = true);
        var database = redis.GetDatabase();
        await using var load = Load.Start(fleet, () => issuer.Token(issuer.Newest));
        await load.Goes();
        foreach (var fill in Garbage.Kinds)
        {
            foreach (var name in await Garbage.Names(redis)) await fill(database, name);
            await load.Goes();
            issuer.Rotate();
            await load.Goes();
        }

        (await load.StopAsync()).AllPassed(400);
        foreach (var name in await Garbage.Names(redis)) await database.KeyDeleteAsync(name);
        await fleet.BecomesReady();
    }
}
