using NBomber.Contracts;

namespace NBomber.Engine;

/// <summary>Load by copies, each of which starts again when it has its answer.</summary>
/// <param name="Simulation">What it is.</param>
/// <param name="From">Copies at its beginning.</param>
/// <param name="To">Copies at its end, on a straight line.</param>
/// <param name="Iterations">Runs in all, or null where time ends it.</param>
/// <param name="Seconds">How long it lasts; 0 where iterations end it.</param>
internal sealed record ClosedPhase(LoadSimulation Simulation, int From, int To, int? Iterations, double Seconds) : Phase(Simulation, Seconds)
{
    public int CopiesAt(double seconds) =>
        seconds >= Seconds ? To : (int)Math.Round(From + (To - From) * seconds / Seconds, MidpointRounding.AwayFromZero);
}
