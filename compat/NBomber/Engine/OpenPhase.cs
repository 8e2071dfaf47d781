using NBomber.Contracts;

namespace NBomber.Engine;

/// <summary>Load by a rate: a start is due whenever the sum of the rate since the load began reaches a whole number, the first at once.</summary>
/// <param name="Simulation">What it is.</param>
/// <param name="Segments">Its rates; none is a pause.</param>
/// <param name="Before">Starts of the phases before, with the part of one that was not yet due.</param>
/// <param name="Seconds">How long it lasts.</param>
internal sealed record OpenPhase(LoadSimulation Simulation, IReadOnlyList<Segment> Segments, double Before, double Seconds) : Phase(Simulation, Seconds)
{
    private const double Rounding = 1e-6;

    public double After => Before + Segments.Sum(segment => segment.Area);

    /// <summary>When each is due, in seconds from the beginning of the phase.</summary>
    public IEnumerable<double> Starts()
    {
        var (sum, time) = (Before, 0d);
        foreach (var segment in Segments)
        {
            var end = sum + segment.Area;
            for (var start = Math.Ceiling(sum - Rounding); start < end - Rounding; start++) yield return time + segment.TimeOf(start - sum);
            (sum, time) = (end, time + segment.Seconds);
        }
    }
}
