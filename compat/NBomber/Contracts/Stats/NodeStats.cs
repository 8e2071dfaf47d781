namespace NBomber.Contracts.Stats;

/// <summary>What a test came to.</summary>
public sealed record NodeStats
{
    public ScenarioStats[] ScenarioStats { get; set; } = [];

    public ThresholdResult[] Thresholds { get; set; } = [];

    public NodeInfo NodeInfo { get; set; } = new();

    public TestInfo TestInfo { get; set; } = new();

    public int AllRequestCount { get; set; }

    public int AllOkCount { get; set; }

    public int AllFailCount { get; set; }

    public long AllBytes { get; set; }

    public TimeSpan Duration { get; set; }

    public ReportFile[] ReportFiles { get; set; } = [];
}
