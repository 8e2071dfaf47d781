using NBomber.Contracts.Stats;

namespace NBomber.Engine;

/// <summary>Turns a ledger into figures.</summary>
internal static class Statistics
{
    private static readonly double[] Quantiles = [0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9995, 0.9999, 0.99999];

    public static ScenarioResult Result(Bout bout, int index, OperationType operation) => bout.Ledger.Read((totals, moments) =>
    {
        var latency = totals[Ledger.Whole].Ok.Latency;
        (double, double)[] curve = [.. Quantiles.Where(q => latency.Count * (1 - q) >= 1).Select(q => (q, Ledger.Milliseconds(latency.Quantile(q)))), (1, Ledger.Milliseconds(latency.Max))];
        return new ScenarioResult(
            Of(bout, totals, index, operation), [.. moments], latency.Count == 0 ? [] : curve, [.. bout.Props.LoadSimulations.Select(s => s.ToString())], bout.Notes);
    });

    /// <summary>As collected last.</summary>
    public static ScenarioStats Of(Bout bout, int index, OperationType operation) => bout.Ledger.Read((totals, _) => Of(bout, totals, index, operation));

    private static ScenarioStats Of(Bout bout, IReadOnlyDictionary<string, Tally> totals, int index, OperationType operation)
    {
        var duration = bout.Loaded ?? bout.Elapsed;
        var (ok, fail) = Measurements(totals[Ledger.Whole], duration);
        return new ScenarioStats
        {
            ScenarioName = bout.Info.ScenarioName,
            Ok = ok,
            Fail = fail,
            StepStats = [.. totals.Where(t => t.Key != Ledger.Whole).Select((t, i) => Step(t.Key, t.Value, i, duration))],
            LoadSimulationStats = new LoadSimulationStats { SimulationName = bout.Current?.ToString().Split(',')[0] ?? "", Value = bout.Current?.Rate ?? 0 },
            CurrentOperation = operation,
            AllRequestCount = ok.Request.Count + fail.Request.Count,
            AllOkCount = ok.Request.Count,
            AllFailCount = fail.Request.Count,
            AllBytes = ok.DataTransfer.AllBytes + fail.DataTransfer.AllBytes,
            Duration = duration,
            SortIndex = index,
        };
    }

    private static StepStats Step(string name, Tally tally, int index, TimeSpan duration)
    {
        var (ok, fail) = Measurements(tally, duration);
        return new StepStats { StepName = name, Ok = ok, Fail = fail, SortIndex = index };
    }

    private static (MeasurementStats Ok, MeasurementStats Fail) Measurements(Tally tally, TimeSpan duration)
    {
        var all = tally.Ok.Latency.Count + tally.Fail.Latency.Count;
        return (Measurement(tally.Ok, all, duration, isError: false), Measurement(tally.Fail, all, duration, isError: true));
    }

    private static MeasurementStats Measurement(Outcome outcome, long all, TimeSpan duration, bool isError)
    {
        var (latency, size) = (outcome.Latency, outcome.Size);
        var upTo800 = latency.UpTo(800 * TimeSpan.TicksPerMillisecond);
        var upTo1200 = latency.UpTo(1200 * TimeSpan.TicksPerMillisecond);
        return new MeasurementStats
        {
            Request = new RequestStats
            {
                Count = (int)latency.Count,
                RPS = duration > TimeSpan.Zero ? latency.Count / duration.TotalSeconds : 0,
                Percent = Percent(latency.Count, all),
            },
            Latency = new LatencyStats
            {
                MinMs = latency.Count == 0 ? 0 : Ledger.Milliseconds(latency.Min),
                MeanMs = Ledger.Milliseconds(latency.Mean),
                MaxMs = Ledger.Milliseconds(latency.Max),
                Percent50 = Ledger.Milliseconds(latency.Quantile(0.5)),
                Percent75 = Ledger.Milliseconds(latency.Quantile(0.75)),
                Percent95 = Ledger.Milliseconds(latency.Quantile(0.95)),
                Percent99 = Ledger.Milliseconds(latency.Quantile(0.99)),
                StdDev = Ledger.Milliseconds(latency.StandardDeviation),
                LatencyCount = new LatencyCount
                {
                    LessOrEq800 = (int)upTo800,
                    More800Less1200 = (int)(upTo1200 - upTo800),
                    MoreOrEq1200 = (int)(latency.Count - upTo1200),
                },
            },
            DataTransfer = new DataTransferStats
            {
                MinBytes = size.Count == 0 ? 0 : size.Min,
                MeanBytes = (long)size.Mean,
                MaxBytes = size.Max,
                Percent50 = size.Quantile(0.5),
                Percent75 = size.Quantile(0.75),
                Percent95 = size.Quantile(0.95),
                Percent99 = size.Quantile(0.99),
                StdDev = size.StandardDeviation,
                AllBytes = (long)size.Sum,
            },
            StatusCodes =
            [
                .. outcome.Codes.GroupBy(c => c.Key.Code, StringComparer.Ordinal).Select(g => new StatusCodeStats
                {
                    StatusCode = g.Key,
                    IsError = isError,
                    Message = g.MaxBy(c => c.Value).Key.Message,
                    Count = (int)g.Sum(c => c.Value),
                    Percent = Percent(g.Sum(c => c.Value), all),
                }).OrderByDescending(c => c.Count),
            ],
        };
    }

    private static int Percent(long part, long all) => all == 0 ? 0 : (int)Math.Round(100.0 * part / all, MidpointRounding.AwayFromZero);
}
