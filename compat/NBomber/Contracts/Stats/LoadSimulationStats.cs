namespace NBomber.Contracts.Stats;

/// <summary>The load simulation that ran last, and its rate or copies.</summary>
public sealed record LoadSimulationStats
{
    public string SimulationName { get; set; } = "";

    public int Value { get; set; }
}
