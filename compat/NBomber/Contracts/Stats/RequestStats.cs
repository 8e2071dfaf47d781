namespace NBomber.Contracts.Stats;

/// <summary>How many requests, and how many in a second of the load.</summary>
public sealed record RequestStats
{
    public int Count { get; set; }

    public double RPS { get; set; }

    /// <summary>Of all requests, rounded: one failure in a thousand is 0. Where one counts, ask for Count.</summary>
    public int Percent { get; set; }
}
