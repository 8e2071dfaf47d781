using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Sallyport.Gateway.Redis;
using Sallyport.Gateway.Revocation;
using Sallyport.Gateway.Secrets;
using Sallyport.Gateway.Telemetry;

namespace Sallyport.LoadTests.Costs;

/// <summary>Revokes tokens that nobody sends, under one prefix of a redis-server.</summary>
internal sealed class RevocationFeed : IAsyncDisposable
{
    private const string Issuer = "https://id.example.com";
    private const uint Life = 24 * 3600;

    private readonly GatewayMetrics _metrics = new();
    private readonly RedisConnection _redis;
    private readonly RevocationStore _store;
    private readonly RecordSeal _seal;
    private int _serial;

    private RevocationFeed(EndPoint redis, string prefix, byte[] macKey)
    {
        var options = new RedisOptions { Configuration = redis.ToString()!, Prefix = prefix, MacKeys = [new SecretSource("unused", null)] };
        _redis = new RedisConnection(options, _metrics, NullLogger<RedisConnection>.Instance);
        _store = new RevocationStore(_redis);
        _seal = new RecordSeal(new MacKeys([macKey]), prefix);
    }

    public static async Task<RevocationFeed> StartAsync(EndPoint redis, string prefix, byte[] macKey)
    {
        var feed = new RevocationFeed(redis, prefix, macKey);
        await feed._redis.StartAsync(CancellationToken.None);
        return feed;
    }

    public async Task RevokeAsync(int count, CancellationToken cancellation)
    {
        while (count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            var now = (uint)TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
            var batch = new ReadOnlyMemory<byte>[Math.Min(count, RevocationStore.MostAtOnce)];
            for (var i = 0; i < batch.Length; i++) batch[i] = _seal.Seal(Next(now));
            await _store.AppendAsync(RevocationBuckets.EndOf(now, now + Life), batch);
            count -= batch.Length;
        }
    }

    /// <summary>Until it is cancelled.</summary>
    public async Task RevokeEverySecondAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation)) await RevokeAsync(1, cancellation);
        }
        catch (OperationCanceledException)
        {
            // That is its end.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _redis.DisposeAsync();
        _metrics.Dispose();
    }

    // The length of a UUID, as most issuers write a jti.
    private RevocationRecord Next(uint now) => new()
    {
        Kind = RevocationKind.TokenId,
        Issuer = Issuer,
        Value = string.Create(CultureInfo.InvariantCulture, $"{++_serial:x8}-6f1c-4a6e-9d3e-1f2b3c4d5e6f"),
        IssuedBefore = RevocationRecord.AnyIssuedAt,
        Expires = now + Life,
        RevokedAt = now,
    };
}
