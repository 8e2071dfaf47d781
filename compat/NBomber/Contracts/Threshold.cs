using System.Linq.Expressions;
using NBomber.Contracts.Stats;

namespace NBomber.Contracts;

/// <summary>What must hold of a scenario or a step: looked at in each reporting interval, and at the end, which decides.</summary>
public sealed class Threshold
{
    private Threshold(
        string stepName,
        Expression<Func<StepStats, bool>>? checkStep,
        Expression<Func<ScenarioStats, bool>>? checkScenario,
        int? abortWhenErrorCount,
        TimeSpan? startCheckAfter) =>
        (StepName, CheckStep, CheckScenario, AbortWhenErrorCount, StartCheckAfter) =
        (stepName, checkStep, checkScenario, abortWhenErrorCount, startCheckAfter);

    public string StepName { get; }

    public Expression<Func<StepStats, bool>>? CheckStep { get; }

    public Expression<Func<ScenarioStats, bool>>? CheckScenario { get; }

    /// <summary>Ends the test when the check has failed so often; null never does.</summary>
    public int? AbortWhenErrorCount { get; }

    /// <summary>No check while the load runs before this time.</summary>
    public TimeSpan? StartCheckAfter { get; }

    public static Threshold Create(Expression<Func<ScenarioStats, bool>> checkScenario, int? abortWhenErrorCount = null, TimeSpan? startCheckAfter = null) =>
        new("", null, checkScenario, abortWhenErrorCount, startCheckAfter);

    public static Threshold Create(string stepName, Expression<Func<StepStats, bool>> checkStep, int? abortWhenErrorCount = null, TimeSpan? startCheckAfter = null) =>
        new(stepName, checkStep, null, abortWhenErrorCount, startCheckAfter);
}
