namespace NBomber.Contracts;

/// <summary>Which copy of which scenario runs, and in which phase.</summary>
public sealed record ScenarioInfo
{
    public string InstanceId { get; init; } = "";

    public int InstanceNumber { get; init; }

    public string ScenarioName { get; init; } = "";

    /// <summary>As planned.</summary>
    public TimeSpan ScenarioDuration { get; init; }

    public ScenarioOperation ScenarioOperation { get; init; }
}
