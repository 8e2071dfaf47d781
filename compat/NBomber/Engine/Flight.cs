namespace NBomber.Engine;

/// <summary>An injected run of a scenario on its way to a thread of the pool.</summary>
internal sealed class Flight(Bout bout, ScenarioContext context) : IThreadPoolWorkItem
{
    public ScenarioContext Context => context;

    /// <summary>When it was to start: a timestamp of the stopwatch.</summary>
    public long Due { get; set; }

    public void Execute() => _ = bout.FlyAsync(this);
}
