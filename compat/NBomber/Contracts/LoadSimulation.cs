namespace NBomber.Contracts;

/// <summary>One part of a scenario's load; <see cref="CSharp.Simulation"/> makes them.</summary>
public sealed record LoadSimulation
{
    internal LoadSimulation(LoadKind kind) => Kind = kind;

    internal LoadKind Kind { get; }

    /// <summary>Starts per interval, or copies; the lesser rate where it is random.</summary>
    internal int Rate { get; init; }

    internal int MaxRate { get; init; }

    internal TimeSpan Interval { get; init; }

    /// <summary>Zero where iterations end it.</summary>
    internal TimeSpan During { get; init; }

    internal int Iterations { get; init; }

    public override string ToString() => Kind switch
    {
        LoadKind.Inject => $"inject, rate: {Rate}, interval: {Interval}, during: {During}",
        LoadKind.RampingInject => $"ramping_inject, rate: {Rate}, interval: {Interval}, during: {During}",
        LoadKind.InjectRandom => $"inject_random, rate: {Rate}..{MaxRate}, interval: {Interval}, during: {During}",
        LoadKind.IterationsForInject => $"iterations_for_inject, rate: {Rate}, interval: {Interval}, iterations: {Iterations}",
        LoadKind.KeepConstant => $"keep_constant, copies: {Rate}, during: {During}",
        LoadKind.RampingConstant => $"ramping_constant, copies: {Rate}, during: {During}",
        LoadKind.IterationsForConstant => $"iterations_for_constant, copies: {Rate}, iterations: {Iterations}",
        _ => $"pause, during: {During}",
    };
}
