using System.Runtime.InteropServices;
using NBomber.Contracts;
using NBomber.Contracts.Stats;
using NBomber.Reports;
using Serilog;

namespace NBomber.Engine;

/// <summary>A test: Init of every scenario, their warm-ups, their load, their Clean, and what it all came to.</summary>
internal sealed class Session
{
    private readonly Lock _gate = new();
    private readonly List<Bout> _running = [];
    private string? _stopReason;

    public Session(NBomberContext context)
    {
        if (context.Scenarios.Count == 0) throw new ArgumentException("No scenario is registered.");
        if (context.Scenarios.GroupBy(s => s.ScenarioName, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new ArgumentException($"Two scenarios are named '{twice.Key}'.");
        if (context.Scenarios.Any(s => string.IsNullOrWhiteSpace(s.ScenarioName))) throw new ArgumentException("A scenario has no name.");
        foreach (var scenario in context.Scenarios) _ = Plan.Of(scenario.LoadSimulations, Random.Shared);

        Context = context;
        var created = TimeProvider.System.GetUtcNow().UtcDateTime;
        TestInfo = new TestInfo
        {
            SessionId = $"{created:yyyy-MM-dd_HH.mm.ss}_session_{Guid.NewGuid().ToString("N")[..8]}",
            TestSuite = context.TestSuite,
            TestName = context.TestName,
            Created = created,
        };
        NodeInfo = new NodeInfo
        {
            MachineName = Environment.MachineName,
            OS = RuntimeInformation.OSDescription,
            DotNetVersion = Environment.Version.ToString(),
            Processor = RuntimeInformation.ProcessArchitecture.ToString(),
            CoresCount = Environment.ProcessorCount,
            NBomberVersion = typeof(Session).Assembly.GetName().Version?.ToString(3) ?? "",
        };
        var logging = new LoggerConfiguration();
        Logger = (context.DisplayConsoleMetrics ? logging.WriteTo.Sink(new ConsoleSink()) : logging).CreateLogger();
    }

    public NBomberContext Context { get; }

    public TestInfo TestInfo { get; }

    public NodeInfo NodeInfo { get; private set; }

    public ILogger Logger { get; }

    public IReadOnlyList<Bout> Running
    {
        get
        {
            lock (_gate) return [.. _running];
        }
    }

    public async Task<NodeStats> RunAsync()
    {
        ConsoleCancelEventHandler interrupt = (_, pressed) =>
        {
            pressed.Cancel = true;
            Stop(null, "interrupted");
        };
        Console.CancelKeyPress += interrupt;
        var initialised = new List<ScenarioProps>();
        try
        {
            Enter(OperationType.Init);
            foreach (var scenario in Context.Scenarios)
            {
                initialised.Add(scenario);
                if (scenario.Init is not null) await scenario.Init(Initialisation(scenario, ScenarioOperation.Init)).ConfigureAwait(false);
            }

            return await LoadAsync(initialised).ConfigureAwait(false);
        }
        finally
        {
            await CleanAsync(initialised).ConfigureAwait(false);
            Console.CancelKeyPress -= interrupt;
        }
    }

    /// <param name="scenario">Its name, or null for all.</param>
    /// <param name="reason">Told in the reports.</param>
    public void Stop(string? scenario, string reason)
    {
        if (scenario is null) Interlocked.CompareExchange(ref _stopReason, reason, null);
        foreach (var bout in Running)
            if (scenario is null || bout.Info.ScenarioName == scenario)
                bout.Stop(reason);
    }

    private async Task<NodeStats> LoadAsync(List<ScenarioProps> initialised)
    {
        var scenarios = Context.Scenarios.Where(s => s.Run is not null).ToArray();
        await using var console = new LiveConsole(this);

        Enter(OperationType.WarmUp);
        var warm = scenarios.Where(s => s.WarmUpDuration > TimeSpan.Zero)
            .Select(s => new Bout(this, s, Plan.WarmUp(s.LoadSimulations, s.WarmUpDuration), ScenarioOperation.WarmUp));
        foreach (var bout in await BoutsAsync([.. warm]).ConfigureAwait(false)) bout.Dispose();

        Enter(OperationType.Bombing);
        var bouts = scenarios.Select(s => new Bout(this, s, s.LoadSimulations, ScenarioOperation.Bombing)).ToArray();
        var watch = new ThresholdWatch(this, bouts);
        await using (watch.Start()) await BoutsAsync(bouts).ConfigureAwait(false);

        Enter(OperationType.Stop);
        await console.DisposeAsync().ConfigureAwait(false);
        await CleanAsync(initialised).ConfigureAwait(false);
        Enter(OperationType.Complete);

        ScenarioResult[] results = [.. bouts.Select((bout, index) => Statistics.Result(bout, index, OperationType.Complete))];
        ScenarioStats[] stats = [.. results.Select(result => result.Stats)];
        var node = new NodeStats
        {
            ScenarioStats = stats,
            Thresholds = watch.Conclude(results),
            NodeInfo = NodeInfo,
            TestInfo = TestInfo,
            AllRequestCount = stats.Sum(s => s.AllRequestCount),
            AllOkCount = stats.Sum(s => s.AllOkCount),
            AllFailCount = stats.Sum(s => s.AllFailCount),
            AllBytes = stats.Sum(s => s.AllBytes),
            Duration = stats.Select(s => s.Duration).DefaultIfEmpty().Max(),
        };
        node.ReportFiles = ReportWriter.Write(Context, node, results);
        LiveConsole.Conclude(Context, node, results);
        foreach (var bout in bouts) bout.Dispose();
        return node;
    }

    private async Task<Bout[]> BoutsAsync(Bout[] bouts)
    {
        lock (_gate) _running.AddRange(bouts);
        if (_stopReason is { } reason) Stop(null, reason);
        await Task.WhenAll(bouts.Select(bout => bout.RunAsync())).ConfigureAwait(false);
        lock (_gate) _running.Clear();
        return bouts;
    }

    /// <summary>Each once, the last first; one that throws does not keep the others from theirs.</summary>
    private async Task CleanAsync(List<ScenarioProps> initialised)
    {
        for (; initialised.Count > 0; initialised.RemoveAt(initialised.Count - 1))
            try
            {
                if (initialised[^1].Clean is { } clean) await clean(Initialisation(initialised[^1], ScenarioOperation.Clean)).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                Logger.Error(e, "{Scenario}: its Clean failed", initialised[^1].ScenarioName);
            }
    }

    private InitContext Initialisation(ScenarioProps scenario, ScenarioOperation operation) =>
        new(TestInfo, new ScenarioInfo { ScenarioName = scenario.ScenarioName, ScenarioOperation = operation }, NodeInfo, Logger);

    private void Enter(OperationType operation) => NodeInfo = NodeInfo with { CurrentOperation = operation };
}
