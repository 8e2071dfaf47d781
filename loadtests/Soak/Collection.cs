using System.Diagnostics.Tracing;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Parsers;
using Microsoft.Diagnostics.Tracing.Parsers.Clr;

namespace Sallyport.LoadTests.Soak;

/// <summary>Makes a .NET process collect all its garbage, through the runtime's diagnostics port.</summary>
internal static class Collection
{
    private const string Runtime = "Microsoft-Windows-DotNETRuntime";
    private const double Mebibyte = 1024 * 1024;

    // The collection takes a tenth of that; the runtime tells of it when the session ends.
    private static readonly TimeSpan Session = TimeSpan.FromSeconds(2);

    /// <summary>A full, blocking collection.</summary>
    /// <returns>What is alive on the managed heap, in MiB, without the gaps between; null where there is no such process, or it told nothing.</returns>
    public static async Task<double?> InduceAsync(int process)
    {
        // To be told of collections, and to have one at once.
        var keywords = (long)(ClrTraceEventParser.Keywords.GC | ClrTraceEventParser.Keywords.GCHeapCollect);
        try
        {
            var provider = new EventPipeProvider(Runtime, EventLevel.Informational, keywords);
            using var session = await new DiagnosticsClient(process).StartEventPipeSessionAsync([provider], requestRundown: false, circularBufferMB: 4, CancellationToken.None);
            var reading = Task.Run(() => Read(session.EventStream));
            await Task.Delay(Session);
            await session.StopAsync(CancellationToken.None);
            return await reading;
        }
        catch (Exception e) when (e is ServerNotAvailableException or IOException)
        {
            // It is not there, or has ended.
            return null;
        }
    }

    private static double? Read(Stream events)
    {
        using var source = new EventPipeEventSource(events);
        var isInduced = false;
        double? heap = null;
        source.Clr.GCStart += started => isInduced |= started.Reason is GCReason.Induced && started.Depth == 2;
        source.Clr.GCHeapStats += stats =>
        {
            if (isInduced) heap ??= stats.TotalPromoted / Mebibyte;
        };
        source.Process();
        return heap;
    }
}
