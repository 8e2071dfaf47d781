namespace NBomber.Contracts.Stats;

/// <summary>Latencies by what a person feels, in milliseconds.</summary>
public sealed record LatencyCount
{
    public int LessOrEq800 { get; set; }

    public int More800Less1200 { get; set; }

    public int MoreOrEq1200 { get; set; }
}
