using System.Globalization;
using Sallyport.Gateway.Redis;
using StackExchange.Redis;

namespace Sallyport.Gateway.Revocation;

/// <summary>The revocations in Redis: what is asked of it, each bounded in size and time.</summary>
/// <remarks>
/// <code>
///   {revocation}:head         hash    epoch, a random id; count, one more for every record
///   {revocation}:buckets      zset    the ends of the buckets, by themselves
///   {revocation}:bucket:END   list    records that expire by END; Redis drops it a little later
///   {revocation}:writer       string  who writes back what Redis has lost, for a while
///   revocation                channel an empty message after every change
/// </code>
/// </remarks>
internal sealed class RevocationStore(RedisConnection redis)
{
    public const string Channel = "revocation";

    /// <summary>The most records of one call of <see cref="AppendAsync"/>.</summary>
    public const int MostAtOnce = 500;

    /// <summary>The most records of one answer.</summary>
    public const int MostInASlice = 10_000;

    private const int MostBuckets = 2048;

    // Our clocks and that of Redis may differ by a little.
    private const long Grace = 600;

    private readonly RedisKey _head = redis.Prefix + "{revocation}:head";
    private readonly RedisKey _buckets = redis.Prefix + "{revocation}:buckets";
    private readonly RedisKey _writer = redis.Prefix + "{revocation}:writer";

    /// <param name="end">The bucket.</param>
    /// <param name="records">At most <see cref="MostAtOnce"/>.</param>
    /// <exception cref="RedisAwayException">It cannot be asked, and whether it did it is not known.</exception>
    public Task AppendAsync(long end, IReadOnlyList<ReadOnlyMemory<byte>> records)
    {
        RedisValue[] arguments =
        [
            end, Grace, Guid.NewGuid().ToString("N"), redis.Prefix + Channel, .. records.Select(record => (RedisValue)record),
        ];
        return RunAsync(RedisOperation.Revoke, database => database.ScriptEvaluateAsync(RevocationScripts.Append, [Bucket(end), _buckets, _head], arguments));
    }

    /// <exception cref="RedisAwayException">It cannot be asked.</exception>
    public async Task<RevocationOverview> ReadOverviewAsync(long now)
    {
        var answer = await RunAsync(
            RedisOperation.ReadRevocations, database => database.ScriptEvaluateAsync(RevocationScripts.Overview, [_head, _buckets], [now, MostBuckets]));
        var ends = new List<long>();
        foreach (var name in (string?[]?)answer[2] ?? [])
            if (RevocationBuckets.TryParse(name, out var end) && end > now)
                ends.Add(end);
        return new RevocationOverview((string?)answer[0] ?? "", (string?)answer[1] ?? "", ends);
    }

    /// <exception cref="RedisAwayException">It cannot be asked.</exception>
    public async Task<long[]> ReadLengthsAsync(IReadOnlyList<long> ends)
    {
        if (ends.Count == 0) return [];
        var answer = await RunAsync(
            RedisOperation.ReadRevocations, database => database.ScriptEvaluateAsync(RevocationScripts.Lengths, [.. ends.Select(Bucket)]));
        return (long[]?)answer ?? [];
    }

    /// <exception cref="RedisAwayException">It cannot be asked.</exception>
    public Task<RedisValue[]> ReadSliceAsync(long end, long from, int count) =>
        RunAsync(RedisOperation.ReadRevocations, database => database.ListRangeAsync(Bucket(end), from, from + Math.Min(count, MostInASlice) - 1));

    /// <summary>Whether <paramref name="owner"/> alone may write back now; also keeps a lock that it has.</summary>
    /// <exception cref="RedisAwayException">It cannot be asked.</exception>
    public async Task<bool> TryLockAsync(string owner, TimeSpan period) =>
        (long)await RunAsync(RedisOperation.Revoke, database => database.ScriptEvaluateAsync(RevocationScripts.Lock, [_writer], [owner, (long)period.TotalMilliseconds])) == 1;

    /// <exception cref="RedisAwayException">It cannot be asked.</exception>
    public Task UnlockAsync(string owner) =>
        RunAsync(RedisOperation.Revoke, database => database.ScriptEvaluateAsync(RevocationScripts.Unlock, [_writer], [owner]));

    private Task<T> RunAsync<T>(string operation, Func<IDatabase, Task<T>> action) => redis.RunAsync(operation, RedisConnection.BackgroundTimeout, action);

    private RedisKey Bucket(long end) => string.Create(CultureInfo.InvariantCulture, $"{redis.Prefix}{{revocation}}:bucket:{end}");
}
