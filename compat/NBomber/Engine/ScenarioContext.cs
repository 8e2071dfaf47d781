using NBomber.Contracts;
using NBomber.Contracts.Stats;
using Serilog;

namespace NBomber.Engine;

/// <summary>One copy of a scenario: it runs once at a time, and may run again.</summary>
internal sealed class ScenarioContext(Bout bout, int number) : IScenarioContext
{
    public Bout Bout => bout;

    public TestInfo TestInfo => bout.Session.TestInfo;

    public ScenarioInfo ScenarioInfo { get; } = bout.Info with { InstanceNumber = number, InstanceId = $"{bout.Info.ScenarioName}_{number}" };

    public NodeInfo NodeInfo => bout.Session.NodeInfo;

    public ILogger Logger => bout.Session.Logger;

    public long InvocationNumber { get; private set; }

    public Dictionary<string, object> Data { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, object> ScenarioInstanceData { get; } = new(StringComparer.Ordinal);

    public CancellationToken ScenarioCancellationToken => bout.Token;

    public Random Random { get; } = new();

    public void StopScenario(string scenarioName, string reason) => bout.Session.Stop(scenarioName, reason);

    public void StopCurrentTest(string reason) => bout.Session.Stop(null, reason);

    public TimeSpan GetScenarioTimerTime() => bout.Elapsed;

    public void Begin(long invocation)
    {
        InvocationNumber = invocation;
        Data.Clear();
    }
}
