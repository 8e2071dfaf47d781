using System.Text;
using NBomber.Contracts.Stats;
using NBomber.Engine;

namespace NBomber.Reports;

/// <summary>The report for a program: a line for each scenario and each of its steps. RFC 4180.</summary>
internal static class CsvReport
{
    private static readonly string[] Measured =
        ["count", "rps", "min_ms", "mean_ms", "p50_ms", "p75_ms", "p95_ms", "p99_ms", "max_ms", "stddev_ms", "min_bytes", "mean_bytes", "max_bytes", "all_bytes"];

    public static string Render(NodeStats node, IReadOnlyList<ScenarioResult> results)
    {
        var text = new StringBuilder();
        Append(text, ["test_suite", "test_name", "session", "scenario", "step", "duration_s", .. Measured.Select(m => $"ok_{m}"), .. Measured.Select(m => $"failed_{m}")]);
        foreach (var scenario in results.Select(result => result.Stats))
            foreach (var (name, ok, fail) in ReportContent.Steps(scenario))
                Append(
                    text,
                    [
                        node.TestInfo.TestSuite, node.TestInfo.TestName, node.TestInfo.SessionId, scenario.ScenarioName, name,
                        ReportContent.Text(scenario.Duration.TotalSeconds), .. Figures(ok), .. Figures(fail),
                    ]);
        return text.ToString();
    }

    private static IEnumerable<string> Figures(MeasurementStats of) => new[]
    {
        of.Request.Count, of.Request.RPS, of.Latency.MinMs, of.Latency.MeanMs, of.Latency.Percent50, of.Latency.Percent75, of.Latency.Percent95, of.Latency.Percent99,
        of.Latency.MaxMs, of.Latency.StdDev, of.DataTransfer.MinBytes, of.DataTransfer.MeanBytes, of.DataTransfer.MaxBytes, of.DataTransfer.AllBytes,
    }.Select(ReportContent.Text);

    private static void Append(StringBuilder text, IEnumerable<string> cells) => text.AppendJoin(',', cells.Select(Cell)).Append("\r\n");

    private static string Cell(string text) =>
        text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
