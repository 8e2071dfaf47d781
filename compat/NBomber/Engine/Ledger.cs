using System.Diagnostics;
using NBomber.Contracts;

namespace NBomber.Engine;

/// <summary>
/// All figures of a scenario. Answers are counted in a shard of the processor they came on, so that counting waits for nobody; about once a second
/// the shards are added to the totals and emptied, and what was in them is that second of the charts. Memory goes by steps and seconds, not by answers.
/// </summary>
internal sealed class Ledger
{
    /// <summary>The scenario itself among its steps.</summary>
    public const string Whole = "";

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(0.9); // Timers are late now and then, and then early.

    private readonly Dictionary<string, Tally>[] _shards = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Dictionary<string, Tally>(StringComparer.Ordinal))];
    private readonly Dictionary<string, Tally> _totals = new(StringComparer.Ordinal) { [Whole] = new() };
    private readonly Tally _moment = new();
    private readonly List<Moment> _moments = [];
    private TimeSpan _collected;

    /// <param name="step">A step's name, or <see cref="Whole"/>.</param>
    /// <param name="response">What came.</param>
    /// <param name="stopwatchTicks">How long it took.</param>
    public void Add(string step, IResponse response, long stopwatchTicks)
    {
        var latency = response.CustomLatencyMs > 0
            ? (long)(response.CustomLatencyMs * TimeSpan.TicksPerMillisecond)
            : (long)(stopwatchTicks * ((double)TimeSpan.TicksPerSecond / Stopwatch.Frequency));
        var shard = _shards[(uint)Thread.GetCurrentProcessorId() % (uint)_shards.Length];
        lock (shard)
        {
            if (!shard.TryGetValue(step, out var tally)) shard[step] = tally = new Tally();
            (response.IsError ? tally.Fail : tally.Ok).Add(response, latency);
        }
    }

    /// <summary>Brings the totals up to date, and ends a second of the charts if it is over.</summary>
    /// <param name="at">Time since the load began.</param>
    /// <param name="inFlight">Requests under way.</param>
    /// <param name="isLast">Nothing comes after this: what is left is a second, too.</param>
    public void Collect(TimeSpan at, int inFlight, bool isLast = false)
    {
        lock (_totals)
        {
            foreach (var shard in _shards)
                lock (shard)
                    foreach (var (step, tally) in shard)
                    {
                        if (!_totals.TryGetValue(step, out var total)) _totals[step] = total = new Tally();
                        total.Add(tally);
                        if (step == Whole) _moment.Add(tally);
                        tally.Clear();
                    }

            var (ok, length) = (_moment.Ok.Latency, at - _collected);
            if (length < Second && !(isLast && ok.Count + _moment.Fail.Latency.Count > 0)) return;
            _moments.Add(new Moment(
                at, length, ok.Count, _moment.Fail.Latency.Count, Milliseconds(ok.Quantile(0.5)), Milliseconds(ok.Quantile(0.95)), Milliseconds(ok.Quantile(0.99)),
                Milliseconds(ok.Max), inFlight));
            _collected = at;
            _moment.Clear();
        }
    }

    /// <summary>Reads the totals as they were collected last, while nobody adds to them.</summary>
    public T Read<T>(Func<IReadOnlyDictionary<string, Tally>, IReadOnlyList<Moment>, T> read)
    {
        lock (_totals) return read(_totals, _moments);
    }

    public static double Milliseconds(double ticks) => ticks / TimeSpan.TicksPerMillisecond;
}
