using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using Sallyport.Gateway.Keys;
using Sallyport.Gateway.Redis;
using Sallyport.Gateway.Secrets;
using Sallyport.Gateway.Telemetry;
using Sallyport.Gateway.Tokens;
using Sallyport.Tests.Support;
using StackExchange.Redis;

namespace Sallyport.Tests.Keys;

/// <summary>Replicas that tell each other their SVIDs' public keys, on a real Redis.</summary>
[Trait("Acceptance", "A11")]
public sealed class SpiffePeersTests : IAsyncLifetime
{
    private const string Id = "spiffe://example.org/gateway";
    private const string Place = "{keys}:svids";

    private readonly MacKeys _macs = new([RandomNumberGenerator.GetBytes(32)]);
    private readonly GatewayMetrics _metrics = new();
    private RedisServer _redis = null!;
    private RedisConnection _connection = null!;
    private ConnectionMultiplexer _client = null!;

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private IDatabase Stored => _client.GetDatabase();

    private string Name => _connection.Prefix + Place;

    public async Task InitializeAsync()
    {
        _redis = await RedisServer.StartAsync();
        _connection = new RedisConnection(new RedisOptions { Configuration = _redis.Address, MacKeys = [new SecretSource("unused", null)] }, _metrics, NullLogger<RedisConnection>.Instance);
        await _connection.StartAsync(default);
        await Poll.Until(() => _connection.IsThere, TimeSpan.FromSeconds(20));
        _client = await _redis.ConnectAsync();
    }

    public async Task DisposeAsync()
    {
        await _client.DisposeAsync();
        await _connection.DisposeAsync();
        await _redis.DisposeAsync();
        _metrics.Dispose();
    }

    [Fact]
    public async Task Each_learns_the_keys_of_the_others_until_they_end()
    {
        var (one, two) = (Key(), Key(TimeSpan.FromSeconds(3)));
        var peers = Peers();
        Assert.Empty(await peers.ExchangeAsync([one], Now));
        Assert.Equal(one.KeyId, Assert.Single(await peers.ExchangeAsync([two], Now)).Key.KeyId);
        Assert.Equal((two.KeyId, two.NotAfter), Assert.Single((await peers.ExchangeAsync([one], Now)).Select(other => (other.Key.KeyId!, other.NotAfter))));
        Assert.InRange((await Stored.KeyTimeToLiveAsync(Name))!.Value, TimeSpan.FromMinutes(50), TimeSpan.FromMinutes(61));

        await Poll.Until(async () => (await peers.ExchangeAsync([one], Now)).Count == 0, TimeSpan.FromSeconds(20), "the key that has ended is gone");
        Assert.Equal(1, await Stored.SortedSetLengthAsync(Name));
    }

    [Fact]
    public async Task What_no_holder_of_the_MAC_key_wrote_and_what_is_of_another_identity_issuer_or_name_is_no_key_of_ours()
    {
        var own = Key();
        var peers = Peers();
        await Put(Peers(new MacKeys([RandomNumberGenerator.GetBytes(32)])).Write(Key()));
        await Put(Peers(issuer: "https://other.example").Write(Key()));
        await Put(peers.Write(Key(id: "spiffe://example.org/other")));
        await Put(peers.Write(Renamed(Key(), $"{Id}#{own.Public.Thumbprint[..42]}A")));
        await Put(peers.Write(Renamed(Key(), Id)));
        await Put("nonsense"u8.ToArray());
        await Put([]);
        var moved = peers.Write(Key());
        moved[^3] ^= 1;
        await Put(moved);
        Assert.Empty(await peers.ExchangeAsync([own], Now));

        var other = Key();
        await Put(peers.Write(other));
        Assert.Equal(other.KeyId, Assert.Single(await peers.ExchangeAsync([own], Now)).Key.KeyId);
    }

    [Fact]
    public async Task Something_else_in_its_place_is_replaced_and_too_much_of_it_is_an_outage()
    {
        await Stored.StringSetAsync(Name, "something else");
        Assert.Empty(await Peers().ExchangeAsync([Key()], Now));
        Assert.Equal(RedisType.SortedSet, await Stored.KeyTypeAsync(Name));

        for (var i = 0; i <= SpiffePeers.MostKeys; i++) await Stored.SortedSetAddAsync(Name, $"{i}", Now.AddHours(1).ToUnixTimeMilliseconds());
        var failure = await Assert.ThrowsAsync<KeyStoreAwayException>(() => Peers().ExchangeAsync([Key()], Now));
        Assert.Contains("256", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_Redis_it_says_so()
    {
        await _redis.Kill();
        await Assert.ThrowsAsync<KeyStoreAwayException>(() => Peers().ExchangeAsync([Key()], Now));
    }

    private SpiffePeers Peers(MacKeys? macs = null, string issuer = RingKit.Issuer) => new(RingKit.Options with { Issuer = issuer }, _connection, macs ?? _macs);

    private Task<bool> Put(byte[] entry) => Stored.SortedSetAddAsync(Name, entry, Now.AddMinutes(30).ToUnixTimeMilliseconds());

    private static RingKey Key(TimeSpan? life = null, string id = Id)
    {
        using var key = SigningKey.Generate(Algorithm.Find("ES256")!, 2048);
        var end = DateTimeOffset.FromUnixTimeMilliseconds((Now + (life ?? TimeSpan.FromHours(1))).ToUnixTimeMilliseconds());
        return SpiffeRotation.Entry(new Jwk(key.Public.Material, $"{id}#{key.Public.Thumbprint}", key.Algorithm), end, Now, Now);
    }

    private static RingKey Renamed(RingKey key, string name) => key with { Public = new Jwk(key.Public.Material, name, key.Algorithm) };
}
