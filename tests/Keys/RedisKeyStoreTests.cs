using Microsoft.Extensions.Logging.Abstractions;
using Sallyport.Gateway.Keys;
using Sallyport.Gateway.Redis;
using Sallyport.Gateway.Secrets;
using Sallyport.Gateway.Telemetry;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Keys;

public sealed class RedisKeyStoreTests : KeyStoreContract
{
    private readonly GatewayMetrics _metrics = new();
    private readonly List<RedisConnection> _connections = [];
    private RedisServer _redis = null!;

    public override async Task DisposeAsync()
    {
        foreach (var connection in _connections) await connection.DisposeAsync();
        await _redis.DisposeAsync();
        _metrics.Dispose();
    }

    [Fact]
    public async Task Who_listens_is_told_of_what_another_has_written()
    {
        var (one, other) = (await StoreAsync(), await StoreAsync());
        var told = 0;
        other.Listen(() => Interlocked.Increment(ref told));
        var epoch = 0L;
        await Poll.Until(async () =>
        {
            // It listens from the next look at the connection on.
            var lease = (await one.TakeLeaseAsync(TimeSpan.FromMinutes(1), default))!;
            Assert.True(await one.WriteAsync(lease, epoch, ++epoch, "x"u8.ToArray(), default));
            await one.ReleaseAsync(lease, default);
            return Volatile.Read(ref told) > 0;
        });
    }

    [Theory]
    [InlineData("SET sallyport:{keys}:ring garbage")]
    [InlineData("SET sallyport:{keys}:ring -3.x")]
    [InlineData("SADD sallyport:{keys}:ring x")]
    [InlineData("SETRANGE sallyport:{keys}:ring 1000000 x")]
    public async Task Garbage_in_the_place_of_the_ring_is_nobodys_ring_and_is_not_written_over(string command)
    {
        var store = await StoreAsync();
        await _redis.Command(command);
        var read = await store.ReadAsync(default);
        Assert.Equal(-1, read.Epoch);
        Assert.NotNull(read.Document);
        var lease = (await store.TakeLeaseAsync(TimeSpan.FromMinutes(1), default))!;
        Assert.False(await store.WriteAsync(lease, 0, 1, "x"u8.ToArray(), default));

        await _redis.Command("DEL sallyport:{keys}:ring");
        Assert.True(await store.WriteAsync(lease, 0, 1, "x"u8.ToArray(), default));
    }

    [Theory]
    [InlineData("SET sallyport:{keys}:lease garbage")]
    [InlineData("SET sallyport:{keys}:lease 5.x.99999999999999999999")]
    [InlineData("SET sallyport:{keys}:lease 99999999999999999999.x.1")]
    [InlineData("HSET sallyport:{keys}:lease a b")]
    public async Task Garbage_in_the_place_of_the_lease_keeps_nobody_from_taking_it(string command)
    {
        var store = await StoreAsync();
        await _redis.Command(command);
        var lease = (await store.TakeLeaseAsync(TimeSpan.FromMinutes(1), default))!;
        Assert.Null(await store.TakeLeaseAsync(TimeSpan.FromMinutes(1), default));
        Assert.True(await store.WriteAsync(lease, 0, 1, "x"u8.ToArray(), default));
    }

    [Fact]
    public async Task Away_it_says_so_and_afterwards_it_goes_on()
    {
        var store = await StoreAsync();
        await _redis.Kill();
        await Assert.ThrowsAsync<KeyStoreAwayException>(() => store.ReadAsync(default));
        await Assert.ThrowsAsync<KeyStoreAwayException>(() => store.TakeLeaseAsync(TimeSpan.FromSeconds(1), default));
        await Assert.ThrowsAsync<KeyStoreAwayException>(() => store.WriteAsync(new KeyLease("a", 1), 0, 1, default, default));

        await _redis.StartAgain();
        await Poll.Until(() => _connections[^1].IsThere, TimeSpan.FromSeconds(20));
        Assert.Equal(0, (await store.ReadAsync(default)).Epoch);
    }

    private protected override async Task<(IKeyStore One, IKeyStore Other)> OpenAsync()
    {
        _redis = await RedisServer.StartAsync();
        return (await StoreAsync(), await StoreAsync());
    }

    private async Task<RedisKeyStore> StoreAsync()
    {
        var options = new RedisOptions { Configuration = _redis.Address, MacKeys = [new SecretSource("unused", null)] };
        var connection = new RedisConnection(options, _metrics, NullLogger<RedisConnection>.Instance);
        _connections.Add(connection);
        await connection.StartAsync(default);
        await Poll.Until(() => connection.IsThere);
        return new RedisKeyStore(connection);
    }
}
