using Sallyport.Gateway.Redis;
using StackExchange.Redis;

namespace Sallyport.Gateway.Keys;

/// <summary>The ring in Redis, for all replicas. What Redis loses, a replica that knows it writes back.</summary>
/// <remarks>
/// <code>
///   {keys}:ring   string  epoch.document
///   {keys}:lease  string  fence.owner.end
///   keys          channel the epoch, after every change
/// </code>
/// </remarks>
internal sealed class RedisKeyStore(RedisConnection redis) : IKeyStore
{
    public const string Channel = "keys";

    private static readonly TimeSpan LongestLease = TimeSpan.FromMinutes(10);

    private readonly RedisKey[] _keys = [redis.Prefix + "{keys}:ring", redis.Prefix + "{keys}:lease"];

    public string Place => $"Redis, prefix {redis.Prefix}";

    public async Task<StoredRing> ReadAsync(CancellationToken cancellation)
    {
        var answer = await RunAsync(RedisOperation.ReadRing, RedisKeyScripts.Read, [StoredText.MaxBytes]);
        try
        {
            return StoredText.Read((byte[]?)answer[1] ?? [], DateTimeOffset.FromUnixTimeMilliseconds((long)answer[0]));
        }
        catch (Exception e) when (e is InvalidCastException or ArgumentException or IndexOutOfRangeException or NullReferenceException)
        {
            throw new KeyStoreAwayException("it answers what is none", e);
        }
    }

    public async Task<KeyLease?> TakeLeaseAsync(TimeSpan duration, CancellationToken cancellation)
    {
        var owner = Guid.NewGuid().ToString("N");
        var fence = await NumberAsync(RedisOperation.LeaseRing, RedisKeyScripts.Take, [owner, (long)duration.TotalMilliseconds, (long)LongestLease.TotalMilliseconds]);
        return fence > 0 ? new KeyLease(owner, fence) : null;
    }

    public async Task<bool> WriteAsync(KeyLease lease, long expectedEpoch, long newEpoch, ReadOnlyMemory<byte> document, CancellationToken cancellation) =>
        newEpoch > expectedEpoch
        && await NumberAsync(RedisOperation.WriteRing, RedisKeyScripts.Write, [lease.Owner, lease.Fence, expectedEpoch, newEpoch, document, redis.Prefix + Channel]) == 1;

    public Task ReleaseAsync(KeyLease lease, CancellationToken cancellation) =>
        RunAsync(RedisOperation.LeaseRing, RedisKeyScripts.Release, [lease.Owner, lease.Fence]);

    public void Listen(Action onHint) => redis.Listen(Channel, _ => onHint());

    private async Task<long> NumberAsync(string operation, string script, RedisValue[] arguments)
    {
        var answer = await RunAsync(operation, script, arguments);
        return answer.Resp2Type == ResultType.Integer ? (long)answer : throw new KeyStoreAwayException("it answers what is none");
    }

    private async Task<RedisResult> RunAsync(string operation, string script, RedisValue[] arguments)
    {
        try
        {
            return await redis.RunAsync(operation, RedisConnection.BackgroundTimeout, database => database.ScriptEvaluateAsync(script, _keys, arguments));
        }
        catch (RedisAwayException e)
        {
            throw new KeyStoreAwayException(e.Message, e);
        }
    }
}
