using NBomber.Contracts;
using NBomber.Contracts.Stats;

namespace NBomber.Engine;

/// <summary>Looks at thresholds while the load runs, and decides on them at the end.</summary>
internal sealed class ThresholdWatch : IAsyncDisposable
{
    private readonly Session _session;
    private readonly Bout[] _bouts;
    private readonly List<Watched> _watched;
    private readonly CancellationTokenSource _stop = new();
    private Task _looking = Task.CompletedTask;

    public ThresholdWatch(Session session, Bout[] bouts)
    {
        (_session, _bouts) = (session, bouts);
        _watched = [.. bouts.SelectMany((bout, index) => bout.Props.Thresholds.Select(threshold => new Watched(bout, index, threshold)))];
    }

    public ThresholdWatch Start()
    {
        if (_watched.Count > 0) _looking = LookAsync();
        return this;
    }

    /// <summary>Checks each once more, on the final figures.</summary>
    public ThresholdResult[] Conclude(ScenarioResult[] results)
    {
        foreach (var watched in _watched)
        {
            watched.IsFailed |= !watched.Holds(results[watched.Index].Stats);
        }

        return [.. _watched.Select(watched => watched.Result())];
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _looking.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task LookAsync()
    {
        using var timer = new PeriodicTimer(_session.Context.ReportingInterval);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
                for (var i = 0; i < _bouts.Length; i++)
                    Look(i);
        }
        catch (OperationCanceledException)
        {
            // The load has ended.
        }
    }

    private void Look(int index)
    {
        var bout = _bouts[index];
        if (bout.Loaded is not null) return;
        bout.Ledger.Collect(bout.Elapsed, bout.InFlight);
        var stats = Statistics.Of(bout, index, OperationType.Bombing);
        foreach (var watched in _watched.Where(w => w.Index == index && !(bout.Elapsed < w.Threshold.StartCheckAfter)))
        {
            if (watched.Holds(stats) || watched.ErrorCount < watched.Threshold.AbortWhenErrorCount || watched.Threshold.AbortWhenErrorCount is null) continue;
            watched.IsFailed = true;
            _session.Stop(null, $"{bout.Info.ScenarioName}: threshold failed {watched.ErrorCount} times: {watched.Expression}");
        }
    }

    /// <summary>A threshold and how it did so far.</summary>
    private sealed class Watched(Bout bout, int index, Threshold threshold)
    {
        private readonly Func<StepStats, bool>? _step = threshold.CheckStep?.Compile();
        private readonly Func<ScenarioStats, bool>? _scenario = threshold.CheckScenario?.Compile();
        private string _thrown = "";

        public int Index => index;

        public Threshold Threshold => threshold;

        public string Expression { get; } = (threshold.CheckScenario?.Body ?? threshold.CheckStep?.Body)?.ToString() ?? "";

        public int ErrorCount { get; private set; }

        public bool IsFailed { get; set; }

        public bool Holds(ScenarioStats stats)
        {
            var holds = false;
            try
            {
                holds = _scenario is not null ? _scenario(stats) : _step!(stats.StepStats.Get(threshold.StepName));
            }
            catch (Exception e)
            {
                _thrown = e.Message;
            }

            if (!holds) ErrorCount++;
            return holds;
        }

        public ThresholdResult Result() => new()
        {
            ScenarioName = bout.Info.ScenarioName,
            StepName = threshold.StepName,
            CheckExpression = Expression,
            ExceptionMsg = _thrown,
            ErrorCount = ErrorCount,
            IsFailed = IsFailed,
        };
    }
}
