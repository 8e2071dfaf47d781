namespace Sallyport.LoadTests.Soak;

/// <summary>Whether something that a process holds stayed what it was, in the second half of a soak.</summary>
/// <param name="Quantity">What, with its unit.</param>
/// <param name="Level">How much it was.</param>
/// <param name="Growth">How much more it became, by the line that fits.</param>
/// <param name="Limit">Less than this is flat.</param>
internal sealed record Flatness(string Quantity, double Level, double Growth, double Limit)
{
    private const double MostShare = 0.05;
    private const double MostShareOfHeap = 0.15;
    private const double MostMebibytes = 20;
    private const double MostHandles = 8;
    private const double MostThreads = 6;
    private const double EndOfCalm = 30;

    public bool Holds => Growth < Limit;

    /// <summary>Whether it has to hold. What a process has beside what it holds is the collector's affair, which collects when it has to.</summary>
    public bool IsJudged { get; private init; } = true;

    /// <summary>
    /// Of memory those samples are judged that were taken after a collection of all garbage, and the limit is a share of what is resident, or of the managed heap. Of handles and threads the least at the end of
    /// the last calm is compared with that of the first: under load there are as many connections as the slowest moment of the last minute asked for, and what stays for good stays in a calm, too.
    /// </summary>
    /// <param name="samples">From the beginning to the end; two at least.</param>
    /// <param name="calms">The seconds at which there had been no load for a while; handles and threads are judged from two on.</param>
    public static IReadOnlyList<Flatness> Of(IReadOnlyList<ProcessSample> samples, params double[] calms)
    {
        var from = (samples[0].At + samples[^1].At) / 2;
        ProcessSample[] half = [.. samples.Where(sample => sample.At >= from)];
        ProcessSample[] collected = [.. half.Where(sample => sample.Heap is not null)];
        var resident = half.Average(sample => sample.Resident);
        var limit = Math.Min(MostMebibytes, resident * MostShare);
        List<Flatness> memory = collected.Length < 2 ? [] :
        [
            Line("alive on the managed heap after a collection, MiB", collected, sample => sample.Heap!.Value, collected.Average(sample => sample.Heap!.Value) * MostShareOfHeap),
            Line("resident memory after a collection, MiB", collected, sample => sample.Resident, limit),
            Line("anonymous memory after a collection, MiB", collected, sample => sample.Anonymous, limit),
        ];
        return
        [
            .. memory,
            Line("resident memory, MiB", half, sample => sample.Resident, limit) with { IsJudged = false },
            Line("anonymous memory, MiB", half, sample => sample.Anonymous, limit) with { IsJudged = false },
            .. Count("handles", sample => sample.Handles, MostHandles),
            .. Count("threads", sample => sample.Threads, MostThreads),
        ];

        static Flatness Line(string quantity, IEnumerable<ProcessSample> samples, Func<ProcessSample, double> value, double limit)
        {
            var trend = Trend.Of([.. samples.Select(sample => (sample.At, value(sample)))]);
            return new Flatness(quantity, trend.Level, trend.Growth, limit);
        }

        IEnumerable<Flatness> Count(string quantity, Func<ProcessSample, double> value, double limit)
        {
            if (calms.Length < 2) return [];
            var (first, last) = (Least(calms[0]), Least(calms[^1]));
            return [new Flatness(quantity + " in a calm", last, last - first, limit)];

            double Least(double end) => samples.Where(sample => sample.At >= end - EndOfCalm && sample.At <= end).Min(value);
        }
    }
}
