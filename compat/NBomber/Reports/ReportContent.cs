using System.Globalization;
using NBomber.Contracts.Stats;
using NBomber.Engine;

namespace NBomber.Reports;

/// <summary>What every report says, as tables.</summary>
internal static class ReportContent
{
    /// <summary>As the package calls the scenario itself among its steps.</summary>
    public const string Whole = "global information";

    private static readonly string[] Figures =
        ["step", "answers", "count", "%", "per second", "min ms", "mean ms", "p50 ms", "p75 ms", "p95 ms", "p99 ms", "max ms", "stddev ms", "mean bytes", "all bytes"];

    public static string Heading(NodeStats node) => $"{node.TestInfo.TestSuite} / {node.TestInfo.TestName}";

    public static string Summary(ScenarioStats scenario) =>
        $"{scenario.AllOkCount} ok, {scenario.AllFailCount} failed, {scenario.AllBytes} bytes in {scenario.Duration}";

    public static IEnumerable<ReportTable> Tables(NodeStats node, ScenarioResult result)
    {
        var scenario = result.Stats;
        var rows = new List<IReadOnlyList<string>>();
        foreach (var (name, ok, fail) in Steps(scenario))
        {
            rows.Add(Row(name, "ok", ok));
            if (fail.Request.Count > 0) rows.Add(Row(name, "failed", fail));
        }

        yield return new ReportTable("Figures", Figures, rows);

        var codes = Steps(scenario).SelectMany(step => step.Ok.StatusCodes.Concat(step.Fail.StatusCodes).Select(code =>
            (IReadOnlyList<string>)[step.Name, code.StatusCode, code.IsError ? "failed" : "ok", Text(code.Count), Text(code.Percent), code.Message])).ToArray();
        if (codes.Length > 0) yield return new ReportTable("Status codes", ["step", "code", "answers", "count", "%", "message"], codes);

        var thresholds = node.Thresholds.Where(t => t.ScenarioName == scenario.ScenarioName).Select(t =>
            (IReadOnlyList<string>)[t.IsFailed ? "FAILED" : "held", t.StepName, t.CheckExpression, Text(t.ErrorCount), t.ExceptionMsg]).ToArray();
        if (thresholds.Length > 0) yield return new ReportTable("Thresholds", ["result", "step", "what must hold", "times it did not", "error"], thresholds);
    }

    public static IEnumerable<(string Name, MeasurementStats Ok, MeasurementStats Fail)> Steps(ScenarioStats scenario) =>
        scenario.StepStats.Select(step => (step.StepName, step.Ok, step.Fail)).Prepend((Whole, scenario.Ok, scenario.Fail));

    public static string Text(double number) => number.ToString("0.###", CultureInfo.InvariantCulture);

    private static IReadOnlyList<string> Row(string step, string answers, MeasurementStats of) =>
    [
        step, answers, Text(of.Request.Count), Text(of.Request.Percent), Text(of.Request.RPS), Text(of.Latency.MinMs), Text(of.Latency.MeanMs), Text(of.Latency.Percent50),
        Text(of.Latency.Percent75), Text(of.Latency.Percent95), Text(of.Latency.Percent99), Text(of.Latency.MaxMs), Text(of.Latency.StdDev),
        Text(of.DataTransfer.MeanBytes), Text(of.DataTransfer.AllBytes),
    ];
}
