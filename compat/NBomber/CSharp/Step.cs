using NBomber.Contracts;
using NBomber.Engine;

namespace NBomber.CSharp;

/// <summary>A part of a scenario that is measured by itself.</summary>
public static class Step
{
    /// <summary>Runs it and counts it. One that fails ends the run of the scenario, unless that is told not to restart.</summary>
    public static Task<Response<T>> Run<T>(string name, IScenarioContext context, Func<Task<Response<T>>> run) =>
        ((ScenarioContext)context).Bout.StepAsync(name, run);
}
