using System.Collections.Concurrent;
using System.Diagnostics;
using NBomber.Contracts;

namespace NBomber.Engine;

/// <summary>A scenario under load once: its warm-up, or what is measured.</summary>
internal sealed class Bout : IDisposable
{
    /// <summary>Answers of the last requests may come before their cancellation token is cancelled.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentQueue<Flight> _idle = new();
    private readonly IReadOnlyList<Phase> _phases;
    private long _begun;
    private long _invocations;
    private int _contexts;
    private int _inFlight;
    private int _failures;
    private int _cutOff;
    private int _refused;
    private volatile bool _isClosed;

    public Bout(Session session, ScenarioProps props, IEnumerable<LoadSimulation> simulations, ScenarioOperation operation)
    {
        (Session, Props, Token) = (session, props, _end.Token);
        _phases = Plan.Of(simulations, Random.Shared);
        Info = new ScenarioInfo
        {
            ScenarioName = props.ScenarioName,
            ScenarioOperation = operation,
            ScenarioDuration = TimeSpan.FromSeconds(_phases.Sum(phase => phase.Seconds)),
        };
    }

    public Session Session { get; }

    public ScenarioProps Props { get; }

    public ScenarioInfo Info { get; }

    public Ledger Ledger { get; } = new();

    public CancellationToken Token { get; }

    public bool MayStart => !_stop.IsCancellationRequested && !_isClosed;

    public TimeSpan Elapsed => _begun == 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(_begun);

    /// <summary>How long the load lasted, without the wait for the last answers; while it lasts, until now.</summary>
    public TimeSpan? Loaded { get; private set; }

    public LoadSimulation? Current { get; private set; }

    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>What a reader of the figures has to know.</summary>
    public IReadOnlyList<string> Notes { get; private set; } = [];

    public string? StopReason { get; private set; }

    public async Task RunAsync()
    {
        var begin = _begun = Stopwatch.GetTimestamp();
        var copies = new Copies(this);
        using (new Timer(_ => Ledger.Collect(Elapsed, InFlight), null, Second, Second))
        {
            foreach (var phase in _phases)
            {
                if (_stop.IsCancellationRequested) break;
                Current = phase.Simulation;
                if (phase is ClosedPhase closed)
                {
                    await copies.RunAsync(closed, begin, _stop.Token).ConfigureAwait(false);
                }
                else
                {
                    copies.Set(0);
                    await Pacer.RunAsync((OpenPhase)phase, begin, Launch, _stop.Token).ConfigureAwait(false);
                    await WaitAsync(() => false, begin, phase.Seconds).ConfigureAwait(false);
                }

                begin = phase.Seconds > 0 ? begin + (long)(phase.Seconds * Stopwatch.Frequency) : Stopwatch.GetTimestamp();
            }

            Loaded = _stop.IsCancellationRequested ? Elapsed : Stopwatch.GetElapsedTime(_begun, begin);
            copies.Set(0);
            await DrainAsync().ConfigureAwait(false);
        }

        Ledger.Collect(Elapsed, InFlight, isLast: true);
    }

    /// <summary>Ends the load now, and what is under way.</summary>
    public void Stop(string reason)
    {
        StopReason ??= reason;
        _stop.Cancel();
    }

    public ScenarioContext NewContext() => new(this, Interlocked.Increment(ref _contexts));

    /// <summary>Runs the scenario once, and counts it.</summary>
    /// <param name="context">A copy that is not running.</param>
    /// <param name="due">When it was to start.</param>
    public async Task IterateAsync(ScenarioContext context, long due)
    {
        Interlocked.Increment(ref _inFlight);
        await CountAsync(context, due).ConfigureAwait(false);
        Interlocked.Decrement(ref _inFlight);
    }

    public async Task FlyAsync(Flight flight)
    {
        await CountAsync(flight.Context, flight.Due).ConfigureAwait(false);
        _idle.Enqueue(flight);
        Interlocked.Decrement(ref _inFlight);
    }

    public async Task<Response<T>> StepAsync<T>(string name, Func<Task<Response<T>>> run)
    {
        var begun = Stopwatch.GetTimestamp();
        Response<T> response;
        try
        {
            response = await run().ConfigureAwait(false);
        }
        catch (RestartIteration)
        {
            throw;
        }
        catch (Exception e) when (e is not OperationCanceledException || !Token.IsCancellationRequested)
        {
            response = Failures.Of<T>(e);
        }

        if (response.IsError && Token.IsCancellationRequested) throw new OperationCanceledException(Token);
        if (!_isClosed) Ledger.Add(name, response, Stopwatch.GetTimestamp() - begun);
        if (response.IsError && Props.RestartIterationOnFail) throw new RestartIteration(response);
        return response;
    }

    public void Dispose()
    {
        _stop.Dispose();
        _end.Dispose();
    }

    private void Launch(long due)
    {
        var limit = Session.Context.MaxInFlight;
        if (Interlocked.Increment(ref _inFlight) > limit)
        {
            Interlocked.Decrement(ref _inFlight);
            if (Interlocked.Increment(ref _refused) == 1)
                Session.Logger.Warning("{Scenario}: {Limit} requests are under way; more are not sent, and count as failed", Info.ScenarioName, limit);
            Count(Failures.Refused(limit), 0);
            return;
        }

        if (!_idle.TryDequeue(out var flight)) flight = new Flight(this, NewContext());
        flight.Due = due;
        ThreadPool.UnsafeQueueUserWorkItem(flight, preferLocal: false);
    }

    private async Task CountAsync(ScenarioContext context, long due)
    {
        context.Begin(Interlocked.Increment(ref _invocations));
        IResponse response;
        try
        {
            response = await Props.Run!(context).ConfigureAwait(false);
        }
        catch (RestartIteration restart)
        {
            response = restart.Response;
        }
        catch (Exception e)
        {
            response = Failures.Of<object>(e);
        }

        // What fails after the end fails because of it.
        if (response.IsError && Token.IsCancellationRequested) Interlocked.Increment(ref _cutOff);
        else Count(response, Stopwatch.GetTimestamp() - due);
    }

    private void Count(IResponse response, long took)
    {
        if (_isClosed) return;
        Ledger.Add(Ledger.Whole, response, took);
        if (response.IsError && Interlocked.Increment(ref _failures) == Props.MaxFailCount)
            Session.Stop(null, $"{Info.ScenarioName}: {Props.MaxFailCount} requests failed");
    }

    private async Task DrainAsync()
    {
        if (StopReason is null) await WaitAsync(() => InFlight == 0, Stopwatch.GetTimestamp(), Grace.TotalSeconds).ConfigureAwait(false);
        await _end.CancelAsync().ConfigureAwait(false);
        await _stop.CancelAsync().ConfigureAwait(false);
        var (begun, timeout) = (Stopwatch.GetTimestamp(), Session.Context.CompletionTimeout);
        while (InFlight > 0 && Stopwatch.GetElapsedTime(begun) < timeout) await Task.Delay(5, CancellationToken.None).ConfigureAwait(false);

        var waited = Elapsed - Loaded!.Value;
        for (var left = InFlight; left > 0; left--) Count(Failures.NeverAnswered(waited), (long)(waited.TotalSeconds * Stopwatch.Frequency));
        _isClosed = true;
        List<string> notes = [];
        if (StopReason is not null) notes.Add($"stopped: {StopReason}");
        if (_cutOff > 0) notes.Add($"{_cutOff} requests that were under way at the end were cut off; no figure counts them");
        if (_refused > 0) notes.Add($"{_refused} requests were not sent, as {Session.Context.MaxInFlight} were under way; they count as failed");
        Notes = notes;
    }

    /// <summary>Until it is so, or so long after this time, or the load is stopped.</summary>
    private async Task WaitAsync(Func<bool> isEnough, long begin, double seconds)
    {
        while (!isEnough() && !_stop.IsCancellationRequested && seconds - Stopwatch.GetElapsedTime(begin).TotalSeconds is > 0 and var left)
            await Task.Delay(TimeSpan.FromSeconds(Math.Clamp(left, 0.001, 0.005)), CancellationToken.None).ConfigureAwait(false);
    }
}
