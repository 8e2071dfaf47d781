namespace NBomber.Contracts.Stats;

/// <summary>What a step came to. Its latency counts from its own start.</summary>
public sealed record StepStats
{
    public string StepName { get; set; } = "";

    public MeasurementStats Ok { get; set; } = new();

    public MeasurementStats Fail { get; set; } = new();

    public int SortIndex { get; set; }
}
