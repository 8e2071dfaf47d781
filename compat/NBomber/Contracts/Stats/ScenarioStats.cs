namespace NBomber.Contracts.Stats;

/// <summary>What a scenario came to, warm-up left out. Latency of an injected request counts from its intended start.</summary>
public sealed record ScenarioStats
{
    public string ScenarioName { get; set; } = "";

    public MeasurementStats Ok { get; set; } = new();

    public MeasurementStats Fail { get; set; } = new();

    public StepStats[] StepStats { get; set; } = [];

    public LoadSimulationStats LoadSimulationStats { get; set; } = new();

    public OperationType CurrentOperation { get; set; }

    public int AllRequestCount { get; set; }

    public int AllOkCount { get; set; }

    public int AllFailCount { get; set; }

    public long AllBytes { get; set; }

    /// <summary>Of the load, without waiting for the last answers.</summary>
    public TimeSpan Duration { get; set; }

    public int SortIndex { get; set; }
}
