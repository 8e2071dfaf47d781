using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Sallyport.Gateway.Redis;
using Sallyport.Gateway.Revocation;
using Sallyport.Gateway.Secrets;
using Sallyport.Gateway.Telemetry;

namespace Sallyport.LoadTests.Parts;

/// <summary>Revokes single tokens of one issuer, as <c>sallyport revoke --jti</c> does, over one connection to Redis.</summary>
internal sealed class Revoker : IAsyncDisposable
{
    private const uint Life = 24 * 3600;
    private const string Prefix = "sallyport:";

    private readonly GatewayMetrics _metrics = new();
    private readonly RedisConnection _redis;
    private readonly RevocationStore _store;
    private readonly RecordSeal _seal;
    private readonly string _issuer;

    private Revoker(EndPoint redis, byte[] macKey, string issuer)
    {
        var options = new RedisOptions { Configuration = redis.ToString()!, Prefix = Prefix, MacKeys = [new SecretSource("unused", null)] };
        _redis = new RedisConnection(options, _metrics, NullLogger<RedisConnection>.Instance);
        _store = new RevocationStore(_redis);
        _seal = new RecordSeal(new MacKeys([macKey]), Prefix);
        _issuer = issuer;
    }

    public static async Task<Revoker> StartAsync(EndPoint redis, byte[] macKey, string issuer, CancellationToken cancellation)
    {
        var revoker = new Revoker(redis, macKey, issuer);
        await revoker._redis.StartAsync(cancellation);
        return revoker;
    }

    /// <summary>Redis has it when this ends.</summary>
    /// <returns>False where Redis is away: whether it has it is not known.</returns>
    public async Task<bool> TryRevokeAsync(string tokenId)
    {
        var now = (uint)TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var record = new RevocationRecord
        {
            Kind = RevocationKind.TokenId,
            Issuer = _issuer,
            Value = tokenId,
            IssuedBefore = RevocationRecord.AnyIssuedAt,
            Expires = now + Life,
            RevokedAt = now,
        };
        try
        {
            await _store.AppendAsync(RevocationBuckets.EndOf(now, record.Expires), [_seal.Seal(record)]);
            return true;
        }
        catch (RedisAwayException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _redis.DisposeAsync();
        _metrics.Dispose();
    }
}
