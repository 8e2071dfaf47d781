namespace NBomber.Contracts;

/// <summary>A scenario and its load; <see cref="CSharp.Scenario"/> makes and extends it.</summary>
public sealed record ScenarioProps
{
    public string ScenarioName { get; init; } = "";

    internal Func<IScenarioContext, Task<IResponse>>? Run { get; init; }

    internal Func<IScenarioInitContext, Task>? Init { get; init; }

    internal Func<IScenarioInitContext, Task>? Clean { get; init; }

    /// <summary>Zero is none.</summary>
    internal TimeSpan WarmUpDuration { get; init; } = TimeSpan.FromSeconds(30);

    internal IReadOnlyList<LoadSimulation> LoadSimulations { get; init; } = [CSharp.Simulation.KeepConstant(1, TimeSpan.FromMinutes(1))];

    internal IReadOnlyList<Threshold> Thresholds { get; init; } = [];

    internal bool RestartIterationOnFail { get; init; } = true;

    /// <summary>So many failures end the whole test.</summary>
    internal int MaxFailCount { get; init; } = 5_000;
}
