using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Sallyport.Gateway.Audit;
using Sallyport.Gateway.Redis;

namespace Sallyport.Gateway.Proof;

/// <summary>The trail of a fleet, in Redis.</summary>
internal sealed class RedisTrailSource(RedisTrail trail) : ITrailSource
{
    private long _next;

    public string Place => trail.Place;

    public IAsyncEnumerable<TrailPiece> ReadAsync(CancellationToken cancellation) => FromAsync(1, _ => { }, cancellation);

    public async IAsyncEnumerable<TrailPiece> TailAsync(int most, [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (_next == 0) _next = Math.Max(1, await LastAsync(cancellation) - most + 1);
        await foreach (var piece in FromAsync(_next, next => _next = next, cancellation)) yield return piece;
    }

    public async IAsyncEnumerable<TrailPiece> CheckpointsAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        for (long from = 1; ;)
        {
            cancellation.ThrowIfCancellationRequested();
            var page = await AskAsync(() => trail.ReadCheckpointsAsync(from));
            if (page.Count == 0) yield break;
            foreach (var (sequence, jws) in page)
            {
                // Several may have one number: they came with one write.
                from = Math.Max(from, sequence + 1);
                yield return new TrailPiece(Encoding.Latin1.GetBytes(jws), string.Create(CultureInfo.InvariantCulture, $"{Place}, checkpoint of record {sequence}"), IsTooLong: false, IsEnded: true, IsLastFile: true);
            }
        }
    }

    private async IAsyncEnumerable<TrailPiece> FromAsync(long from, Action<long> read, [EnumeratorCancellation] CancellationToken cancellation)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var at = from;
            var lines = await AskAsync(() => trail.ReadLinesAsync(at));
            if (lines.Count == 0) yield break;
            foreach (var line in lines)
            {
                // As it says itself; where it says nothing, it stands for the next.
                from = TrailLine.Read(line) is { } known && known.Sequence >= from ? known.Sequence + 1 : from + 1;
                read(from);
                yield return new TrailPiece(line, string.Create(CultureInfo.InvariantCulture, $"{Place}, record {from - 1}"), line.Length > TrailLine.MaxBytes, IsEnded: true, IsLastFile: true);
            }
        }
    }

    // By halves: the stream tells only what is from a number on.
    private async Task<long> LastAsync(CancellationToken cancellation)
    {
        long there = 0, beyond = 1;
        while (await HasAsync(beyond)) (there, beyond) = (beyond, beyond * 2);
        while (beyond - there > 1)
        {
            cancellation.ThrowIfCancellationRequested();
            var middle = there + ((beyond - there) / 2);
            if (await HasAsync(middle)) there = middle;
            else beyond = middle;
        }

        return there;
    }

    private async Task<bool> HasAsync(long sequence) => (await AskAsync(() => trail.ReadLinesAsync(sequence, 1))).Count > 0;

    private static async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (RedisAwayException e)
        {
            throw new ArchiveFaultException($"The trail is in Redis, and {e.Message}.", e);
        }
    }
}
