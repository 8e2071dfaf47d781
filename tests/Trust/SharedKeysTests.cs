using Sallyport.Gateway.Trust;
using Sallyport.Tests.Support;
using StackExchange.Redis;

namespace Sallyport.Tests.Trust;

public sealed class SharedKeysTests : IAsyncLifetime
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(10);

    private RedisServer _redis = null!;
    private IssuerServer _issuer = null!;
    private ConnectionMultiplexer _hand = null!;

    private IDatabase Hand => _hand.GetDatabase();

    public async Task InitializeAsync()
    {
        _redis = await RedisServer.StartAsync();
        _issuer = await IssuerServer.StartAsync(KeyCache.Key("k1"));
        _hand = await _redis.ConnectAsync();
    }

    public async Task DisposeAsync()
    {
        await _hand.DisposeAsync();
        await _issuer.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact]
    [Trait("Acceptance", "D5")]
    public async Task Replicas_that_start_together_fetch_once()
    {
        var hold = new Latch();
        _issuer.Jwks.Fault = async (_, answer) =>
        {
            await hold.WaitAsync();
            await answer();
        };
        var replicas = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Replica.StartAsync(_redis, _issuer)));

        var finding = replicas.SelectMany(replica => Enumerable.Range(0, 20).Select(_ => replica.Find("k1"))).ToArray();
        await Poll.Until(() => hold.Arrived == 1);
        hold.Open();

        Assert.All(await Task.WhenAll(finding), found => Assert.Equal("found", found));
        Assert.Equal(1, _issuer.JwksHits);
        Assert.Single(replicas.Select(replica => replica.Keys.Version).Distinct());
        foreach (var replica in replicas) await replica.DisposeAsync();
    }

    [Fact]
    [Trait("Acceptance", "D3")]
    public async Task What_one_replica_fetches_the_others_have_without_asking()
    {
        await using var one = await Replica.StartAsync(_redis, _issuer);
        await using var other = await Replica.StartAsync(_redis, _issuer);
        Assert.Equal("found", await one.Find("k1"));
        Assert.Equal("found", await other.Find("k1"));
        Assert.Equal(1, _issuer.JwksHits);

        _issuer.Publish(KeyCache.Key("k2"));
        Assert.Equal("found", await one.Find("k2"));
        await Poll.Until(() => other.Holds("k2"));
        Assert.False(other.Holds("k1"));
        Assert.Equal(2, _issuer.JwksHits);

        // The next rotation may follow at once, at any of them.
        _issuer.Publish(KeyCache.Key("k3"));
        Assert.Equal("found", await other.Find("k3"));
        await Poll.Until(() => one.Holds("k3"));
        Assert.Equal(3, _issuer.JwksHits);
    }

    [Fact]
    [Trait("Acceptance", "D4")]
    public async Task Random_kids_at_every_replica_cost_one_fetch_of_all_together()
    {
        await using var one = await Replica.StartAsync(_redis, _issuer);
        await using var other = await Replica.StartAsync(_redis, _issuer);
        Assert.Equal("found", await one.Find("k1"));
        Assert.Equal("found", await other.Find("k1"));

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => (i % 2 == 0 ? one : other).Find($"random-{i}")));

        Assert.All(answers, answer => Assert.Equal("kid_unknown", answer));
        Assert.Equal(2, _issuer.JwksHits);
        Assert.Equal("found", await one.Find("k1"));
    }

    [Fact]
    [Trait("Acceptance", "D6")]
    public async Task An_attempt_that_failed_counts_for_every_replica()
    {
        await using var one = await Replica.StartAsync(_redis, _issuer);
        await using var other = await Replica.StartAsync(_redis, _issuer);
        Assert.Equal("found", await one.Find("k1"));
        Assert.Equal("found", await other.Find("k1"));

        _issuer.Jwks.Fault = Faults.Status(503);
        Assert.Equal("unavailable", await one.Find("k2"));
        Assert.Equal("unavailable", await other.Find("k2"));
        Assert.Equal(2, _issuer.JwksHits);
        Assert.InRange(other.Keys.CooldownRemaining, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));
        Assert.Equal("found", await other.Find("k1"));
    }

    [Fact]
    public async Task Who_waits_for_an_attempt_that_fails_hears_of_it()
    {
        var hold = new Latch();
        _issuer.Jwks.Fault = async (context, _) =>
        {
            await hold.WaitAsync();
            context.Response.StatusCode = 500;
        };
        await using var one = await Replica.StartAsync(_redis, _issuer);
        await using var other = await Replica.StartAsync(_redis, _issuer);

        var asking = one.Find("k1");
        await Poll.Until(() => hold.Arrived == 1);
        var waiting = other.Find("k1");
        hold.Open();

        Assert.Equal("unavailable", await asking);
        Assert.Equal("unavailable", await waiting);
        Assert.Equal(1, _issuer.JwksHits);
    }

    [Fact]
    public async Task An_attempt_whose_replica_crashed_is_taken_over_when_its_time_is_up()
    {
        await using var crashed = await Replica.StartAsync(_redis, _issuer, keys => keys with { Timeout = TimeSpan.FromMilliseconds(200) });
        var seen = await crashed.Shared.ReadAsync(0, Long);
        Assert.True(await crashed.Shared.TryTakeAsync(crashed.Shared.LeaseAfter(seen, 0), seen, 0, Long));

        await using var other = await Replica.StartAsync(_redis, _issuer);
        Assert.Equal("found", await other.Find("k1"));
        Assert.Equal(1, _issuer.JwksHits);
    }

    [Fact]
    public async Task An_attempt_that_stalled_past_its_lease_undoes_nothing()
    {
        await using var stalled = await Replica.StartAsync(_redis, _issuer, keys => keys with { Timeout = TimeSpan.FromMilliseconds(200) });
        var seen = await stalled.Shared.ReadAsync(0, Long);
        var lease = stalled.Shared.LeaseAfter(seen, 0);
        Assert.True(await stalled.Shared.TryTakeAsync(lease, seen, 0, Long));
        Assert.False(await stalled.Shared.TryTakeAsync(stalled.Shared.LeaseAfter(seen, 0), seen, 0, Long));

        await using var successor = await Replica.StartAsync(_redis, _issuer);
        Assert.Equal("found", await successor.Find("k1"));
        _issuer.Publish(KeyCache.Key("k2"));
        var hold = new Latch();
        _issuer.Jwks.Fault = async (_, answer) =>
        {
            await hold.WaitAsync();
            await answer();
        };
        var finding = successor.Find("k2");
        await Poll.Until(() => hold.Arrived == 1);
        var (document, taken) = (await Hand.StringGetAsync(successor.Shared.Name.Document), await Hand.StringGetAsync(successor.Shared.Name.Lease));

        // It comes back: an old document, and the end of a lease that is no longer its own.
        var late = new SharedDocument("""{"keys":[]}"""u8.ToArray(), lease.Fence, seen.Now, seen.Now + 300_000, seen.Now + 900_000);
        Assert.False(await stalled.Shared.PublishAsync(lease, late, isVain: false, seen));
        await stalled.Shared.FailAsync(lease, seen);
        Assert.Equal(document, await Hand.StringGetAsync(successor.Shared.Name.Document));
        Assert.Equal(taken, await Hand.StringGetAsync(successor.Shared.Name.Lease));

        hold.Open();
        Assert.Equal("found", await finding);
        Assert.NotEqual(document, await Hand.StringGetAsync(successor.Shared.Name.Document));
    }

    [Fact]
    public async Task A_lease_whose_taking_nobody_confirmed_is_ended_all_the_same()
    {
        await using var slow = await Replica.StartAsync(_redis, _issuer, LongLease, timeout: TimeSpan.FromMilliseconds(200));
        await using var other = await Replica.StartAsync(_redis, _issuer, LongLease);
        Assert.Equal("found", await slow.Find("k1"));
        Assert.Equal("found", await other.Find("k1"));
        _issuer.Publish(KeyCache.Key("k2"));

        _redis.Freeze();
        var hold = new Latch();
        _issuer.Jwks.Fault = async (_, answer) =>
        {
            await hold.WaitAsync();
            await answer();
        };
        var finding = slow.Find("k2");
        await Poll.Until(() => hold.Arrived == 1);
        _redis.Thaw();
        await Poll.Until(() => slow.Redis.IsThere && other.Redis.IsThere);
        hold.Open();
        Assert.Equal("found", await finding);
        _issuer.Jwks.Fault = null;
        // Not held up by a lease of nobody's, which lasts for as long as an attempt may.
        Assert.Equal("found", await other.Find("k2").WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task Redis_away_each_goes_on_alone_and_they_agree_again_when_it_is_back()
    {
        await using var one = await Replica.StartAsync(_redis, _issuer);
        await using var other = await Replica.StartAsync(_redis, _issuer);
        Assert.Equal("found", await one.Find("k1"));
        Assert.Equal("found", await other.Find("k1"));

        await _redis.Kill();
        _issuer.Publish(KeyCache.Key("k2"));
        Assert.Equal("found", await one.Find("k2"));
        Assert.Equal("found", await other.Find("k2"));
        Assert.Equal(3, _issuer.JwksHits);
        await Poll.Until(() => !one.Redis.IsThere && !other.Redis.IsThere);
        Assert.StartsWith("Redis is away", one.Redis.Problem, StringComparison.Ordinal);

        await _redis.StartAgain();
        await Poll.Until(() => one.Redis.IsThere && other.Redis.IsThere);
        var before = one.Keys.Version;
        await Poll.Until(() =>
        {
            // What the background refresh does each second.
            one.Keys.RefreshIfDue();
            other.Keys.RefreshIfDue();
            return one.Keys.Version > before && one.Keys.Version == other.Keys.Version;
        });
        Assert.Null(one.Redis.Problem);
        Assert.True(one.Holds("k2") && other.Holds("k2"));
    }

    [Fact]
    public async Task A_replica_that_missed_the_message_looks_for_itself_after_an_interruption()
    {
        await using var one = await Replica.StartAsync(_redis, _issuer);
        await using var cutOff = await Replica.StartAsync(_redis, _issuer);
        Assert.Equal("found", await one.Find("k1"));
        Assert.Equal("found", await cutOff.Find("k1"));
        var epoch = cutOff.Redis.Epoch;

        await Hand.ExecuteAsync("CLIENT", "KILL", "TYPE", "pubsub");
        await Hand.ExecuteAsync("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
        await Poll.Until(() => cutOff.Redis.Epoch != epoch && cutOff.Redis.IsThere && one.Redis.IsThere);
        // As if the message had been sent meanwhile.
        await Hand.ExecuteAsync("CLIENT", "NO-EVICT", "off");
        _issuer.Publish(KeyCache.Key("k2"));
        Assert.Equal("found", await one.Find("k2"));
        await Poll.Until(() =>
        {
            cutOff.Keys.RefreshIfDue();
            return cutOff.Holds("k2");
        });
        Assert.Equal(2, _issuer.JwksHits);
    }

    [Fact]
    public async Task A_mac_key_is_replaced_by_listing_two()
    {
        byte[] next = [.. Replica.MacKey.Reverse()];
        await using var old = await Replica.StartAsync(_redis, _issuer);
        Assert.Equal("found", await old.Find("k1"));

        await using var between = await Replica.StartAsync(_redis, _issuer, macKeys: [next, Replica.MacKey]);
        Assert.Equal("found", await between.Find("k1"));
        Assert.Equal(1, _issuer.JwksHits);

        _issuer.Publish(KeyCache.Key("k2"));
        Assert.Equal("found", await between.Find("k2"));
        await using var renewed = await Replica.StartAsync(_redis, _issuer, macKeys: [next]);
        Assert.Equal("found", await renewed.Find("k2"));
        Assert.Equal(2, _issuer.JwksHits);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(-5)]
    [InlineData(120)]
    public async Task Clocks_that_differ_change_nothing(int seconds)
    {
        var skewed = new FakeClock(TimeProvider.System.GetUtcNow().AddSeconds(seconds));
        await using var one = await Replica.StartAsync(_redis, _issuer, keys => keys with { SoftExpiry = TimeSpan.FromSeconds(60) });
        await using var other = await Replica.StartAsync(_redis, _issuer, keys => keys with { SoftExpiry = TimeSpan.FromSeconds(60) }, skewed);

        Assert.Equal("found", await other.Find("k1"));
        Assert.Equal("found", await one.Find("k1"));
        _issuer.Publish(KeyCache.Key("k2"));
        Assert.Equal("found", await one.Find("k2"));
        await Poll.Until(() => other.Holds("k2"));
        _issuer.Publish(KeyCache.Key("k3"));
        Assert.Equal("found", await other.Find("k3"));
        await Poll.Until(() => one.Holds("k3"));
        other.Keys.RefreshIfDue();
        Assert.Equal("kid_unknown", await other.Find("k1"));
        Assert.Equal("kid_unknown", await one.Find("k1"));
        Assert.Equal(4, _issuer.JwksHits);
    }

    private static KeySourceOptions LongLease(KeySourceOptions keys) => keys with { Timeout = TimeSpan.FromSeconds(30) };
}
