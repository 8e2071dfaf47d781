using System.Diagnostics;

namespace NBomber.Engine;

/// <summary>The copies of a scenario that each start again when they have their answer.</summary>
internal sealed class Copies(Bout bout)
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(5);

    private readonly List<(ScenarioContext Context, Task Loop)> _copies = [];
    private volatile int _target;
    private volatile bool _isCounted;
    private int _left;

    /// <summary>Holds the copies to what the phase asks for, until it ends.</summary>
    public async Task RunAsync(ClosedPhase phase, long begin, CancellationToken stop)
    {
        if (phase.Iterations is { } iterations)
        {
            Volatile.Write(ref _left, iterations);
            _isCounted = true;
            Set(phase.To);
            await Task.WhenAll(_copies.Select(copy => copy.Loop)).ConfigureAwait(false);
            _isCounted = false;
            return;
        }

        for (var seconds = 0d; seconds < phase.Seconds && !stop.IsCancellationRequested; seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds)
        {
            Set(phase.CopiesAt(seconds));
            await Task.Delay(Step, CancellationToken.None).ConfigureAwait(false);
        }

        Set(phase.To);
    }

    /// <summary>More start at once; those that are too many end when they have their answer.</summary>
    public void Set(int target)
    {
        _target = target;
        for (var i = 0; i < target; i++)
        {
            if (i < _copies.Count && !_copies[i].Loop.IsCompleted) continue;
            var (context, number) = (i < _copies.Count ? _copies[i].Context : bout.NewContext(), i);
            var copy = (context, Task.Run(() => LoopAsync(context, number), CancellationToken.None));
            if (i < _copies.Count) _copies[i] = copy;
            else _copies.Add(copy);
        }
    }

    private async Task LoopAsync(ScenarioContext context, int number)
    {
        while (number < _target && bout.MayStart && (!_isCounted || Interlocked.Decrement(ref _left) >= 0))
        {
            var run = bout.IterateAsync(context, Stopwatch.GetTimestamp());
            // A scenario that waits for nothing would keep its thread from everybody else.
            if (run.IsCompleted) await Task.Yield();
            await run.ConfigureAwait(false);
        }
    }
}
