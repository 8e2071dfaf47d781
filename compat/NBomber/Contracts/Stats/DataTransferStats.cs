namespace NBomber.Contracts.Stats;

/// <summary>Sizes of answers in bytes: percentiles are within 1 % of the exact ones, the others exact.</summary>
public sealed record DataTransferStats
{
    public long MinBytes { get; set; }

    public long MeanBytes { get; set; }

    public long MaxBytes { get; set; }

    public long Percent50 { get; set; }

    public long Percent75 { get; set; }

    public long Percent95 { get; set; }

    public long Percent99 { get; set; }

    public double StdDev { get; set; }

    public long AllBytes { get; set; }
}
