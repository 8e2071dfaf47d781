using System.Diagnostics;

namespace Sallyport.LoadTests.Soak;

/// <summary>Looks at what gateways hold while a soak runs.</summary>
internal sealed class SoakWatch(GatewayProcess[] gateways)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    private readonly List<ProcessSample>[] _samples = [.. gateways.Select(_ => new List<ProcessSample>())];
    private readonly Stopwatch _watch = Stopwatch.StartNew();

    /// <summary>Of each gateway, in the order of time.</summary>
    public IReadOnlyList<IReadOnlyList<ProcessSample>> Samples
    {
        get
        {
            lock (_samples) return [.. _samples.Select(samples => samples.ToArray())];
        }
    }

    /// <summary>Looks again and again.</summary>
    /// <param name="interval">A second at least.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task RunAsync(TimeSpan interval, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(interval > Shortest ? interval : Shortest);
        try
        {
            do
                for (var i = 0; i < gateways.Length; i++)
                    Look(i, heap: null);
            while (await timer.WaitForNextTickAsync(cancellation));
        }
        catch (OperationCanceledException)
        {
            // That is its end.
        }
    }

    /// <summary>Has all garbage collected, and looks at what is left.</summary>
    public async Task CollectAsync()
    {
        for (var i = 0; i < gateways.Length; i++)
            if (await Collection.InduceAsync(gateways[i].Process.Id) is { } heap)
                Look(i, heap);
    }

    private void Look(int gateway, double? heap)
    {
        try
        {
            lock (_samples) _samples[gateway].Add(ProcessSample.Of(gateways[gateway].Process.Id, _watch.Elapsed.TotalSeconds) with { Heap = heap });
        }
        catch (IOException)
        {
            // It has ended, and is seen no more.
        }
    }
}
