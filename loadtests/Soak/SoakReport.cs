using System.Globalization;
using System.Text;
using NBomber.Contracts.Stats;
using Sallyport.LoadTests.Scenarios;

namespace Sallyport.LoadTests.Soak;

/// <summary>What a soak saw, beside the reports of its load: a page, its samples, and their chart.</summary>
internal static class SoakReport
{
    /// <summary>Writes held.md, held.csv and held.svg into the folder of the reports.</summary>
    /// <param name="stage">What held and what did not.</param>
    /// <param name="samples">Of each gateway.</param>
    /// <param name="kinds">The kinds of traffic.</param>
    /// <param name="happened">When what befell them.</param>
    public static void Write(
        Stage stage, IReadOnlyList<IReadOnlyList<ProcessSample>> samples, IReadOnlyList<ScenarioStats> kinds, IReadOnlyList<(TimeSpan At, SoakEvent What)> happened)
    {
        var folder = Directory.CreateDirectory(stage.Shape.Reports).FullName;
        File.WriteAllText(Path.Combine(folder, "held.md"), Page(stage, kinds, happened));
        File.WriteAllText(Path.Combine(folder, "held.csv"), Table(samples));
        File.WriteAllText(Path.Combine(folder, "held.svg"), SoakChart.Of(samples, happened));
    }

    /// <summary>RFC 4180, without quotes: all are numbers.</summary>
    public static string Table(IReadOnlyList<IReadOnlyList<ProcessSample>> samples)
    {
        var csv = new StringBuilder("gateway,seconds,resident_mib,anonymous_mib,handles,threads,collected_heap_mib\r\n");
        for (var i = 0; i < samples.Count; i++)
            foreach (var sample in samples[i])
                csv.Append(CultureInfo.InvariantCulture, $"{i + 1},{sample.At:0.0},{sample.Resident:0.00},{sample.Anonymous:0.00},{sample.Handles},{sample.Threads},{sample.Heap:0.00}\r\n");
        return csv.ToString();
    }

    private static string Page(Stage stage, IReadOnlyList<ScenarioStats> kinds, IReadOnlyList<(TimeSpan At, SoakEvent What)> happened)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"""
            # Soak: {stage.Shape.Seconds / 60} minutes, {stage.Shape.Rate:#,0} requests a second, {(stage.IsFailed ? "failed" : "passed")}

            {TimeProvider.System.GetUtcNow():yyyy-MM-dd}, .NET {Environment.Version}, {Environment.ProcessorCount} cores.

            ![Memory, handles and threads of each gateway](held.svg)

            | traffic | good | failed | p50 ms | p99 ms | greatest ms |
            |---|---:|---:|---:|---:|---:|

            """);
        foreach (var kind in kinds)
        {
            var latency = kind.Ok.Latency;
            page.Append(CultureInfo.InvariantCulture, $"| {kind.ScenarioName} | {kind.AllOkCount:#,0} | {kind.AllFailCount:#,0} | {latency.Percent50:0.0} | {latency.Percent99:0.0} | {latency.MaxMs:0.0} |\n");
        }

        page.Append("\nWhat happened meanwhile: ");
        page.AppendJoin(", ", happened.GroupBy(e => e.What).Select(e => string.Create(CultureInfo.InvariantCulture, $"{e.Key} {e.Count()} times")));
        page.Append(".\n\n```\n").AppendJoin('\n', stage.Facts).Append("\n```\n");
        return page.ToString();
    }
}
