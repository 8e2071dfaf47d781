namespace NBomber.Engine;

/// <summary>A stretch of injected load whose rate, in starts per second, goes from one to the other in a straight line.</summary>
internal readonly record struct Segment(double From, double To, double Seconds)
{
    /// <summary>Starts in it.</summary>
    public double Area => (From + To) / 2 * Seconds;

    /// <summary>Seconds after which so many starts are due.</summary>
    public double TimeOf(double starts)
    {
        if (starts <= 0) return 0;
        var bend = (To - From) / (2 * Seconds);
        var root = Math.Sqrt(Math.Max(0, From * From + 4 * bend * starts));
        return Math.Min(Seconds, 2 * starts / (From + root));
    }
}
