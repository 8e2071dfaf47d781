using NBomber.Contracts.Stats;

namespace NBomber.Engine;

/// <summary>A scenario's figures with what only the reports show.</summary>
/// <param name="Stats">The figures.</param>
/// <param name="Moments">Second by second.</param>
/// <param name="Curve">Latencies of good answers in milliseconds, by quantile.</param>
/// <param name="Load">The simulations.</param>
/// <param name="Notes">What a reader has to know.</param>
internal sealed record ScenarioResult(
    ScenarioStats Stats, IReadOnlyList<Moment> Moments, IReadOnlyList<(double Quantile, double Milliseconds)> Curve, IReadOnlyList<string> Load, IReadOnlyList<string> Notes);
