namespace NBomber.Contracts.Stats;

/// <summary>What the answers of one kind, good or failed, came to.</summary>
public sealed record MeasurementStats
{
    public RequestStats Request { get; set; } = new();

    public LatencyStats Latency { get; set; } = new();

    public DataTransferStats DataTransfer { get; set; } = new();

    public StatusCodeStats[] StatusCodes { get; set; } = [];
}
