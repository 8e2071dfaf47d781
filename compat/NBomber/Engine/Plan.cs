using NBomber.Contracts;

namespace NBomber.Engine;

/// <summary>Works out load simulations: each goes on from the rate, or the copies, where the one before ended.</summary>
internal static class Plan
{
    /// <exception cref="ArgumentException">A rate, a number or a time that makes no sense.</exception>
    public static IReadOnlyList<Phase> Of(IEnumerable<LoadSimulation> simulations, Random random)
    {
        var phases = new List<Phase>();
        var (rate, copies, starts) = (0d, 0, 0d);
        foreach (var simulation in simulations)
        {
            Check(simulation);
            Phase phase;
            if (IsClosed(simulation))
            {
                var from = simulation.Kind == LoadKind.RampingConstant ? copies : simulation.Rate;
                int? iterations = simulation.Kind == LoadKind.IterationsForConstant ? simulation.Iterations : null;
                phase = new ClosedPhase(simulation, from, simulation.Rate, iterations, simulation.During.TotalSeconds);
                (rate, copies) = (0, simulation.Rate);
            }
            else
            {
                var segments = Segments(simulation, rate, random);
                var open = new OpenPhase(simulation, segments, starts, segments.Count == 0 ? simulation.During.TotalSeconds : segments.Sum(s => s.Seconds));
                (rate, copies, starts) = (segments.Count == 0 ? 0 : segments[^1].To, 0, open.After);
                phase = open;
            }

            phases.Add(phase);
        }

        return phases;
    }

    /// <summary>The first simulation that loads, for this time.</summary>
    public static IReadOnlyList<LoadSimulation> WarmUp(IEnumerable<LoadSimulation> simulations, TimeSpan duration)
    {
        if (simulations.FirstOrDefault(s => s.Kind != LoadKind.Pause) is not { } first) return [];
        var kind = first.Kind switch
        {
            LoadKind.IterationsForInject => LoadKind.Inject,
            LoadKind.IterationsForConstant => LoadKind.KeepConstant,
            var same => same,
        };
        return [new LoadSimulation(kind) { Rate = first.Rate, MaxRate = first.MaxRate, Interval = first.Interval, During = duration }];
    }

    private static List<Segment> Segments(LoadSimulation simulation, double rateBefore, Random random)
    {
        if (simulation.Kind == LoadKind.Pause) return [];
        var (interval, seconds) = (simulation.Interval.TotalSeconds, simulation.During.TotalSeconds);
        var rate = simulation.Rate / interval;
        switch (simulation.Kind)
        {
            case LoadKind.RampingInject:
                return [new Segment(rateBefore, rate, seconds)];
            case LoadKind.IterationsForInject:
                return [new Segment(rate, rate, simulation.Iterations / rate)];
            case LoadKind.Inject:
                return [new Segment(rate, rate, seconds)];
            default:
                var segments = new List<Segment>();
                for (var left = seconds; left > 1e-9; left -= interval)
                {
                    var drawn = random.NextInt64(simulation.Rate, (long)simulation.MaxRate + 1) / interval;
                    segments.Add(new Segment(drawn, drawn, Math.Min(interval, left)));
                }

                return segments;
        }
    }

    private static bool IsClosed(LoadSimulation simulation) =>
        simulation.Kind is LoadKind.KeepConstant or LoadKind.RampingConstant or LoadKind.IterationsForConstant;

    private static void Check(LoadSimulation simulation)
    {
        var isByIterations = simulation.Kind is LoadKind.IterationsForInject or LoadKind.IterationsForConstant;
        var least = isByIterations ? 1 : 0;
        if (simulation.Kind != LoadKind.Pause && simulation.Rate < least) throw Wrong("the rate, or the number of copies, is too small");
        if (simulation.Kind == LoadKind.InjectRandom && simulation.MaxRate < simulation.Rate) throw Wrong("the greatest rate is below the least");
        if (isByIterations ? simulation.Iterations <= 0 : simulation.During <= TimeSpan.Zero) throw Wrong("it has no duration");
        if (!IsClosed(simulation) && simulation.Kind != LoadKind.Pause && simulation.Interval <= TimeSpan.Zero) throw Wrong("its interval is not positive");

        ArgumentException Wrong(string what) => new($"Load simulation '{simulation}': {what}.");
    }
}
