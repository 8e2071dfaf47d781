using System.Diagnostics;

namespace NBomber.Engine;

/// <summary>
/// Starts what is due, on a thread of its own. Every time is counted from the beginning of the phase, so lateness never adds up, and after a pause of this
/// process all that is overdue starts at once, late, and its latency says so.
/// </summary>
internal static class Pacer
{
    public static Task RunAsync(OpenPhase phase, long begin, Action<long> launch, CancellationToken stop) =>
        Task.Factory.StartNew(() => Run(phase, begin, launch, stop), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static void Run(OpenPhase phase, long begin, Action<long> launch, CancellationToken stop)
    {
        ShortSleep.Sharpen();
        foreach (var start in phase.Starts())
        {
            var due = begin + (long)(start * Stopwatch.Frequency);
            while (Stopwatch.GetTimestamp() < due)
            {
                if (stop.IsCancellationRequested) return;
                ShortSleep.Until(due);
            }

            if (stop.IsCancellationRequested) return;
            launch(due);
        }
    }
}
