using NBomber.Contracts;
using NBomber.Contracts.Stats;
using Serilog;

namespace NBomber.Engine;

internal sealed record InitContext(TestInfo TestInfo, ScenarioInfo ScenarioInfo, NodeInfo NodeInfo, ILogger Logger) : IScenarioInitContext;
