using NBomber.Contracts.Stats;
using Serilog;

namespace NBomber.Contracts;

/// <summary>What a scenario may ask of its run.</summary>
public interface IScenarioContext
{
    TestInfo TestInfo { get; }

    ScenarioInfo ScenarioInfo { get; }

    NodeInfo NodeInfo { get; }

    ILogger Logger { get; }

    /// <summary>The how-manieth run of the scenario this is, over all copies, from 1; warm-up counts by itself.</summary>
    long InvocationNumber { get; }

    /// <summary>Empty at the start of each run.</summary>
    Dictionary<string, object> Data { get; }

    /// <summary>Kept by a copy from run to run.</summary>
    Dictionary<string, object> ScenarioInstanceData { get; }

    /// <summary>Cancelled when the load has ended and its last answers had a moment to come, or the scenario is stopped.</summary>
    CancellationToken ScenarioCancellationToken { get; }

    Random Random { get; }

    void StopScenario(string scenarioName, string reason);

    void StopCurrentTest(string reason);

    /// <summary>Time since the load, or the warm-up, began.</summary>
    TimeSpan GetScenarioTimerTime();
}
