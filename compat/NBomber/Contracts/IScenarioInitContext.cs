using NBomber.Contracts.Stats;
using Serilog;

namespace NBomber.Contracts;

/// <summary>What Init and Clean of a scenario are given.</summary>
public interface IScenarioInitContext
{
    TestInfo TestInfo { get; }

    ScenarioInfo ScenarioInfo { get; }

    NodeInfo NodeInfo { get; }

    ILogger Logger { get; }
}
