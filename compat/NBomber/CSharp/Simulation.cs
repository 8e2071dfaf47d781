using NBomber.Contracts;

namespace NBomber.CSharp;

/// <summary>Makes the parts of a load. Injected starts are spread evenly over the interval, and no answer delays one.</summary>
public static class Simulation
{
    /// <summary>So many starts in each interval.</summary>
    public static LoadSimulation Inject(int rate, TimeSpan interval, TimeSpan during) =>
        new(LoadKind.Inject) { Rate = rate, Interval = interval, During = during };

    /// <summary>From the rate of the part before, or none, to this one, in a straight line.</summary>
    public static LoadSimulation RampingInject(int rate, TimeSpan interval, TimeSpan during) =>
        new(LoadKind.RampingInject) { Rate = rate, Interval = interval, During = during };

    /// <summary>A rate of its own in each interval, between the two, both possible.</summary>
    public static LoadSimulation InjectRandom(int minRate, int maxRate, TimeSpan interval, TimeSpan during) =>
        new(LoadKind.InjectRandom) { Rate = minRate, MaxRate = maxRate, Interval = interval, During = during };

    public static LoadSimulation IterationsForInject(int rate, TimeSpan interval, int iterations) =>
        new(LoadKind.IterationsForInject) { Rate = rate, Interval = interval, Iterations = iterations };

    /// <summary>So many copies, each of which starts again when it has its answer.</summary>
    public static LoadSimulation KeepConstant(int copies, TimeSpan during) => new(LoadKind.KeepConstant) { Rate = copies, During = during };

    /// <summary>From the copies of the part before, or none, to so many, in a straight line.</summary>
    public static LoadSimulation RampingConstant(int copies, TimeSpan during) => new(LoadKind.RampingConstant) { Rate = copies, During = during };

    /// <summary>So many runs in all, over so many copies.</summary>
    public static LoadSimulation IterationsForConstant(int copies, int iterations) =>
        new(LoadKind.IterationsForConstant) { Rate = copies, Iterations = iterations };

    public static LoadSimulation Pause(TimeSpan during) => new(LoadKind.Pause) { During = during };
}
