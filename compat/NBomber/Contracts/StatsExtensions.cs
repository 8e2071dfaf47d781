using NBomber.Contracts.Stats;

namespace NBomber.Contracts;

/// <summary>Finds figures by name.</summary>
public static class StatsExtensions
{
    /// <exception cref="KeyNotFoundException">There is none of that name.</exception>
    public static StatusCodeStats Get(this StatusCodeStats[] stats, string name) =>
        stats.Find(name) ?? throw new KeyNotFoundException($"There is no status code '{name}'.");

    /// <summary>Null where there is none.</summary>
    public static StatusCodeStats? Find(this StatusCodeStats[] stats, string name) => Array.Find(stats, s => s.StatusCode == name);

    public static bool Exists(this StatusCodeStats[] stats, string name) => stats.Find(name) is not null;

    /// <exception cref="KeyNotFoundException">There is none of that name.</exception>
    public static ScenarioStats Get(this ScenarioStats[] stats, string name) =>
        stats.Find(name) ?? throw new KeyNotFoundException($"There is no scenario '{name}'.");

    /// <summary>Null where there is none.</summary>
    public static ScenarioStats? Find(this ScenarioStats[] stats, string name) => Array.Find(stats, s => s.ScenarioName == name);

    public static bool Exists(this ScenarioStats[] stats, string name) => stats.Find(name) is not null;

    /// <exception cref="KeyNotFoundException">There is none of that name.</exception>
    public static StepStats Get(this StepStats[] stats, string name) =>
        stats.Find(name) ?? throw new KeyNotFoundException($"There is no step '{name}'.");

    /// <summary>Null where there is none.</summary>
    public static StepStats? Find(this StepStats[] stats, string name) => Array.Find(stats, s => s.StepName == name);

    public static bool Exists(this StepStats[] stats, string name) => stats.Find(name) is not null;
}
