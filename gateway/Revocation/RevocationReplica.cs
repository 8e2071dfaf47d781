using Sallyport.Gateway.Redis;
using Sallyport.Gateway.Telemetry;
using StackExchange.Redis;

namespace Sallyport.Gateway.Revocation;

/// <summary>This process's copy of what lies in Redis: reads what is new there, and writes back what got lost there.</summary>
/// <remarks>
/// <code>
///   head as it was            nothing to read
///   head changed              each bucket from where it was read to, one element before that included
///   that element is another,
///   the list is shorter, or
///   the head has another id   Redis lost something: the bucket is read anew, and given what it lacks
///
/// After an interruption, and when the lists did not grow by as much as the head says, the last elements of all are looked at.
/// </code>
/// Everything in Redis may have been written by anybody: what no MAC key made is passed over, and nothing that is read or
/// missing there takes anything away here. Not for several threads at once.
/// </remarks>
internal sealed partial class RevocationReplica(
    RevocationStore store, RevocationList list, RecordSeal seal, TimeProvider clock, GatewayMetrics metrics, ILogger<RevocationReplica> logger)
{
    private const int FirstSlice = 500;
    private const int LeastSlice = 50;
    private const int SliceBytes = 1024 * 1024;

    private static readonly TimeSpan LockPeriod = TimeSpan.FromSeconds(10);

    private readonly Dictionary<long, BucketReading> _buckets = [];
    private readonly HeldRecords _held = new();
    private RevocationOverview? _seen;
    private int _lost;

    /// <summary>Whether Redis lacks, or may lack, something that this process holds.</summary>
    public bool OwesRedis => _buckets.Values.Any(bucket => bucket.SinceLoss is not null);

    /// <summary>Reads what is new, and confirms the list.</summary>
    /// <param name="epoch">The connection's, from before.</param>
    /// <exception cref="RedisAwayException">Redis cannot be asked; what was read until then counts.</exception>
    public async Task CatchUpAsync(int epoch, CancellationToken cancellation)
    {
        var (began, now) = (clock.GetTimestamp(), list.Now);
        var seen = await store.ReadOverviewAsync(now);
        var wasInterrupted = epoch != list.Epoch;
        if (!wasInterrupted && list.IsLoaded && seen.SaysTheSameAs(_seen))
        {
            list.Confirm(began, epoch);
            return;
        }

        // A head that appears belongs to what was read under none; another one means another Redis.
        var isAnother = _seen is { Epoch.Length: > 0 } && _seen.Epoch != seen.Epoch;
        DropEnded(now);
        if (isAnother)
            foreach (var end in _held.Ends)
                Lose(end, ReadingOf(end));
        long[] ends = [.. seen.Ends.Union(_buckets.Keys)];
        var lengths = await store.ReadLengthsAsync(ends);
        var isDoubtful = wasInterrupted || seen.Epoch != _seen?.Epoch || seen.Since(_seen) != ends.Zip(lengths, (end, length) => length - ReadingOf(end).Offset).Sum();
        for (var i = 0; i < ends.Length; i++) await ReadAsync(ends[i], lengths[i], isDoubtful, cancellation);
        _seen = seen;
        list.Confirm(began, epoch);
        if (_lost > 0) Lost(_lost);
        _lost = 0;
    }

    /// <summary>Gives Redis what it lacks, unless another replica is at it: then this one sees later what is still missing.</summary>
    /// <exception cref="RedisAwayException">Redis cannot be asked.</exception>
    public async Task WriteBackAsync(int epoch, CancellationToken cancellation)
    {
        Settle();
        if (!OwesRedis) return;
        var owner = Guid.NewGuid().ToString("N");
        if (!await store.TryLockAsync(owner, LockPeriod)) return;
        try
        {
            // Another one may have written between the last reading and the lock.
            await CatchUpAsync(epoch, cancellation);
            Settle();
            foreach (var (end, reading) in _buckets)
            {
                foreach (var batch in Missing(end, reading).Chunk(RevocationStore.MostAtOnce))
                {
                    cancellation.ThrowIfCancellationRequested();
                    if (!await store.TryLockAsync(owner, LockPeriod)) return;
                    await store.AppendAsync(end, batch);
                    WrittenBack(batch.Length);
                }
            }
        }
        finally
        {
            await store.UnlockAsync(owner);
        }

        await CatchUpAsync(epoch, cancellation);
        Settle();
    }

    private async Task ReadAsync(long end, long length, bool isDoubtful, CancellationToken cancellation)
    {
        var reading = ReadingOf(end);
        if (length < reading.Offset) Lose(end, reading);
        if (length == reading.Offset && !(isDoubtful && reading.Offset > 0)) return;

        var slice = FirstSlice;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var overlap = reading.Last is null ? 0 : 1;
            var elements = await store.ReadSliceAsync(end, reading.Offset - overlap, slice);
            if (overlap == 1 && (elements.Length == 0 || !((ReadOnlyMemory<byte>)elements[0]).Span.SequenceEqual(reading.Last)))
            {
                Lose(end, reading);
                continue;
            }

            if (elements.Length <= overlap) return;
            Take(reading, elements.AsSpan(overlap));
            if (elements.Length < slice) return;
            var bytes = elements.Sum(element => element.Length());
            slice = (int)Math.Clamp(SliceBytes * (long)elements.Length / Math.Max(1, bytes), LeastSlice, RevocationStore.MostInASlice);
        }
    }

    private void Take(BucketReading reading, ReadOnlySpan<RedisValue> elements)
    {
        var now = list.Now;
        var added = new List<RevocationRow>(elements.Length);
        var found = reading.SinceLoss is null ? null : new List<RevocationRow>(elements.Length);
        var ignored = 0;
        foreach (var element in elements)
        {
            var bytes = ((ReadOnlyMemory<byte>)element).Span;
            if (!seal.TryOpen(bytes, out var record))
            {
                ignored++;
                continue;
            }

            var row = record.Row;
            if (row.Expires <= now) continue;
            found?.Add(row);
            if (list.Current.Covers(row)) continue;
            added.Add(row);
            _held.Add(RevocationBuckets.EndOf(record.RevokedAt, record.Expires), record);
        }

        list.Add([.. added]);
        if (found is not null) reading.Found([.. found], now);
        reading.Advance(elements.Length, ((ReadOnlyMemory<byte>)elements[^1]).ToArray());
        if (ignored == 0) return;
        metrics.RevocationsIgnored(ignored);
        Ignored(ignored);
    }

    private IEnumerable<ReadOnlyMemory<byte>> Missing(long end, BucketReading reading) =>
        reading.SinceLoss is { } known
            ? _held.In(end).Where(bytes => SealedRecord.TryParse(bytes.Span, out var record) && record.Expires > list.Now && !known.Covers(record.Row))
            : [];

    private void Settle()
    {
        foreach (var (end, reading) in _buckets)
            if (reading.SinceLoss is not null && !Missing(end, reading).Any())
                reading.Settle();
    }

    private void Lose(long end, BucketReading reading)
    {
        reading.Lose();
        if (_held.Has(end)) _lost++;
    }

    private void DropEnded(long now)
    {
        _held.DropEnded(now);
        foreach (var end in _buckets.Keys.Where(end => end <= now).ToArray()) _buckets.Remove(end);
    }

    private BucketReading ReadingOf(long end)
    {
        if (!_buckets.TryGetValue(end, out var reading)) _buckets.Add(end, reading = new BucketReading());
        return reading;
    }

    [LoggerMessage(9001, LogLevel.Error, "{Count} records among the revocations in Redis are malformed or not authentic; they are ignored")]
    private partial void Ignored(int count);

    [LoggerMessage(9002, LogLevel.Warning, "Redis has lost revocations, in {Count} buckets; they stay in force here, and are written back")]
    private partial void Lost(int count);

    [LoggerMessage(9003, LogLevel.Information, "{Count} revocations were written back to Redis")]
    private partial void WrittenBack(int count);
}
