using System.Text;
using Sallyport.Gateway.Redis;
using Sallyport.Gateway.Trust;
using Sallyport.Tests.Support;
using StackExchange.Redis;

namespace Sallyport.Tests.Trust;

/// <summary>Somebody writes into Redis who has no MAC key.</summary>
[Trait("Acceptance", "D14")]
public sealed class HostileRedisTests : IAsyncLifetime
{
    private RedisServer _redis = null!;
    private IssuerServer _issuer = null!;
    private IssuerServer _elsewhere = null!;
    private ConnectionMultiplexer _hand = null!;
    private TestKey _forger = null!;

    private IDatabase Hand => _hand.GetDatabase();

    public async Task InitializeAsync()
    {
        _redis = await RedisServer.StartAsync();
        _forger = TestKey.New("ES256");
        _issuer = await IssuerServer.StartAsync(KeyCache.Key("k1"));
        _elsewhere = await IssuerServer.StartAsync(_forger.PublicJwk("evil"));
        _hand = await _redis.ConnectAsync();
    }

    public async Task DisposeAsync()
    {
        await _hand.DisposeAsync();
        await _issuer.DisposeAsync();
        await _elsewhere.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task A_document_without_the_mac_key_is_refused_and_the_replica_asks_the_issuer()
    {
        var name = await Warm();
        var genuine = await Hand.StringGetAsync(name.Document);

        // The twin: the genuine document is believed, and nobody is asked.
        await using (var believer = await Replica.StartAsync(_redis, _issuer))
            Assert.Equal("found", await believer.Find("k1"));
        Assert.Equal(1, _issuer.JwksHits);

        foreach (var forged in await Forgeries(genuine!))
        {
            var hits = _issuer.JwksHits;
            await Hand.StringSetAsync(name.Document, forged);
            await Hand.KeyDeleteAsync(name.Lease);
            await using var replica = await Replica.StartAsync(_redis, _issuer);
            Assert.Equal("found", await replica.Find("k1"));
            Assert.False(replica.Holds("evil"));
            Assert.Equal(hits + 1, _issuer.JwksHits);
            Assert.Equal("kid_unknown", await replica.Find("evil"));
            Assert.Contains(replica.Logs.Entries, entry => entry.Message.Contains("It is not believed", StringComparison.Ordinal));
            // And a good one lies there again.
            await using var next = await Replica.StartAsync(_redis, _issuer);
            Assert.Equal("found", await next.Find("k1"));
        }
    }

    [Fact]
    public async Task A_running_replica_takes_no_forgery_over_and_goes_on_sharing()
    {
        await using var one = await Replica.StartAsync(_redis, _issuer);
        await using var other = await Replica.StartAsync(_redis, _issuer);
        Assert.Equal("found", await one.Find("k1"));
        Assert.Equal("found", await other.Find("k1"));
        var name = one.Shared.Name;

        // Of a version from the far future, which no honest one would ever exceed.
        await Hand.StringSetAsync(name.Document, $"99999999999999999.{new string('A', 43)}.1.2.3.{_elsewhere.JwksDocument()}");
        await _hand.GetSubscriber().PublishAsync(RedisChannel.Literal("sallyport:jwks"), $"{name.Id}:99999999999999999");
        await _hand.GetSubscriber().PublishAsync(RedisChannel.Literal("sallyport:jwks"), "nonsense");
        await _hand.GetSubscriber().PublishAsync(RedisChannel.Literal("sallyport:jwks"), $"{name.Id}:-1");
        await Poll.Until(() => one.Logs.Entries.Any(entry => entry.Message.Contains("It is not believed", StringComparison.Ordinal)));

        _issuer.Publish(KeyCache.Key("k2"));
        Assert.Equal("found", await one.Find("k2"));
        await Poll.Until(() => other.Holds("k2"));
        Assert.Equal(2, _issuer.JwksHits);
        Assert.False(one.Holds("evil") || other.Holds("evil"));
    }

    [Fact]
    public async Task An_older_document_put_back_takes_nothing_back()
    {
        var name = await Warm();
        var old = await Hand.StringGetAsync(name.Document);
        await using var replica = await Replica.StartAsync(_redis, _issuer);
        Assert.Equal("found", await replica.Find("k1"));
        _issuer.Publish(KeyCache.Key("k2"));
        Assert.Equal("found", await replica.Find("k2"));

        await Hand.StringSetAsync(name.Document, old);
        await _hand.GetSubscriber().PublishAsync(RedisChannel.Literal("sallyport:jwks"), $"{name.Id}:{long.MaxValue}");
        Assert.Equal("kid_unknown", await replica.Find("k1"));
        Assert.True(replica.Holds("k2"));
        Assert.False(replica.Holds("k1"));
    }

    [Fact]
    public async Task A_Redis_that_answers_scripts_with_something_else_counts_as_away()
    {
        // Where scripts are asked for, another command answers: a number, which is no state of ours.
        await using var odd = await RedisServer.StartAsync(
            "--rename-command", "EVALSHA", "", "--rename-command", "EVAL", "", "--rename-command", "TOUCH", "EVALSHA", "--rename-command", "UNLINK", "EVAL");
        await using var replica = await Replica.StartAsync(odd, _issuer);
        Assert.Equal("found", await replica.Find("k1"));
        Assert.Equal("kid_unknown", await replica.Find("another"));
        // By itself it goes by its own cooldown.
        Assert.Equal("kid_unknown", await replica.Find("a third"));
        Assert.Equal(2, _issuer.JwksHits);

        // The twin: with scripts it shares, and a second one asks nobody.
        await using var one = await Replica.StartAsync(_redis, _issuer);
        Assert.Equal("found", await one.Find("k1"));
        Assert.Equal(3, _issuer.JwksHits);
        await using var two = await Replica.StartAsync(_redis, _issuer);
        Assert.Equal("found", await two.Find("k1"));
        Assert.Equal(3, _issuer.JwksHits);
    }

    [Fact]
    public async Task A_forged_lease_keeps_nobody_from_asking()
    {
        await using var replica = await Replica.StartAsync(_redis, _issuer);
        var name = replica.Shared.Name;
        var far = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();
        await Hand.StringSetAsync(name.Lease, $"{far}.{far}.0123456789abcdef.b.30000.{new string('A', 43)}");

        Assert.Equal("found", await replica.Find("k1"));
        await using var next = await Replica.StartAsync(_redis, _issuer);
        Assert.Equal("found", await next.Find("k1"));
        Assert.Equal(1, _issuer.JwksHits);
    }

    [Theory]
    [InlineData("LPUSH", "a")]
    [InlineData("SADD", "a")]
    [InlineData("HSET", "a", "b")]
    [InlineData("ZADD", "1", "a")]
    [InlineData("SET", "")]
    [InlineData("SET", "=")]
    [InlineData("SET", "!")]
    [InlineData("SET", "0.")]
    [InlineData("SET", "1.2.3.4.5.6")]
    public async Task Garbage_in_the_place_of_either_key_is_replaced(string command, params string[] values)
    {
        await using var replica = await Replica.StartAsync(_redis, _issuer);
        var name = replica.Shared.Name;
        foreach (var key in (string[])[name.Document, name.Lease]) await Hand.ExecuteAsync(command, [key, .. values]);

        Assert.Equal("found", await replica.Find("k1"));
        _issuer.Publish(KeyCache.Key("k2"));
        Assert.Equal("found", await replica.Find("k2"));
        foreach (var key in (string[])[name.Document, name.Lease]) await Hand.KeyDeleteAsync(key);
        foreach (var key in (string[])[name.Document, name.Lease]) await Hand.ExecuteAsync(command, [key, .. values]);
        _issuer.Publish(KeyCache.Key("k3"));
        Assert.Equal("found", await replica.Find("k3"));

        await using var next = await Replica.StartAsync(_redis, _issuer);
        Assert.Equal("found", await next.Find("k3"));
        Assert.Equal(3, _issuer.JwksHits);
        Assert.Null(replica.Redis.Problem);
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_replaced_as_well()
    {
        await using var replica = await Replica.StartAsync(_redis, _issuer, keys => keys with { Timeout = TimeSpan.FromSeconds(30) });
        byte[] garbage = [0xff, 0xfe, 0x00, 0xc3, 0x28, .. "1.2.3"u8];
        foreach (var key in (string[])[replica.Shared.Name.Document, replica.Shared.Name.Lease]) await Hand.StringSetAsync(key, garbage);

        Assert.Equal("found", await replica.Find("k1").WaitAsync(TimeSpan.FromSeconds(20)));
        await using var next = await Replica.StartAsync(_redis, _issuer);
        Assert.Equal("found", await next.Find("k1"));
        Assert.Equal(1, _issuer.JwksHits);
    }

    [Fact]
    public async Task A_value_of_many_megabytes_is_not_even_sent()
    {
        await using var replica = await Replica.StartAsync(_redis, _issuer);
        foreach (var key in (string[])[replica.Shared.Name.Document, replica.Shared.Name.Lease])
            await Hand.StringSetAsync(key, new string('7', 20_000_000));
        Assert.Equal("found", await replica.Find("k1"));
        Assert.InRange(await Hand.StringLengthAsync(replica.Shared.Name.Document), 1, 10_000);
    }

    private async Task<SharedName> Warm()
    {
        await using var first = await Replica.StartAsync(_redis, _issuer);
        Assert.Equal("found", await first.Find("k1"));
        return first.Shared.Name;
    }

    private async Task<List<byte[]>> Forgeries(byte[] genuine)
    {
        await using var neighbour = await Replica.StartAsync(_redis, _elsewhere);
        Assert.Equal("found", await neighbour.Find("evil"));
        var moved = (byte[])(await Hand.StringGetAsync(neighbour.Shared.Name.Document))!;

        await using var stranger = await Replica.StartAsync(_redis, _issuer, macKeys: [[.. Replica.MacKey.Select(b => (byte)(b ^ 1))]]);
        var name = stranger.Shared.Name;
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var forged = new SharedDocument(Encoding.UTF8.GetBytes(_elsewhere.JwksDocument()), now + 1000, now, now + 300_000, now + 900_000);

        var forgeries = new List<byte[]>
        {
            Encoding.UTF8.GetBytes(_elsewhere.JwksDocument()),
            forged.ToBytes(new MacKeys([new byte[32]]).For("jwks document"), name),
            // The right key for another purpose.
            forged.ToBytes(new MacKeys([Replica.MacKey]), name),
            moved,
            (byte[])[.. genuine, (byte)' '],
            genuine[..^1],
        };
        // One bit in each part: version, MAC, times, document.
        foreach (var at in (int[])[0, 20, 62, 80, genuine.Length - 10])
            forgeries.Add([.. genuine[..at], (byte)(genuine[at] ^ 1), .. genuine[(at + 1)..]]);
        return forgeries;
    }
}
