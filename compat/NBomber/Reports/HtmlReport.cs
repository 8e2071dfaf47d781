using System.Globalization;
using System.Net;
using System.Text;
using NBomber.Contracts.Stats;
using NBomber.Engine;

namespace NBomber.Reports;

/// <summary>The report for a browser: one file with its style and its charts in it.</summary>
internal static class HtmlReport
{
    private const string Style = """
        :root{color-scheme:light dark;--ink:#1c2430;--dim:#667085;--line:#d9dee7;--back:#fff;--a:#1d6fd8;--b:#d9480f;--c:#2b8a3e;--bad:#c92a2a}
        @media(prefers-color-scheme:dark){:root{--ink:#e6e9ef;--dim:#98a2b3;--line:#333c4a;--back:#12161d;--a:#6aa9ff;--b:#ff9357;--c:#69db7c;--bad:#ff8787}}
        body{font:15px/1.45 system-ui,sans-serif;color:var(--ink);background:var(--back);max-width:960px;margin:2rem auto;padding:0 1rem}
        h1{font-size:1.5rem}h2{font-size:1.2rem;margin-top:2.5rem;border-top:1px solid var(--line);padding-top:1rem}h3{font-size:1rem}
        p,li{color:var(--dim)}.wide{overflow-x:auto}table{border-collapse:collapse;font-size:13px}th,td{padding:.25rem .6rem;text-align:left;border-bottom:1px solid var(--line);white-space:nowrap}
        th{color:var(--dim);font-weight:600}.failed{color:var(--bad);font-weight:600}svg{width:100%;height:auto;margin:.5rem 0}
        .grid{stroke:var(--line)}.axis{fill:var(--dim);font-size:11px}.title{fill:var(--ink);font-size:13px;font-weight:600}
        polyline{fill:none}.s0{stroke:var(--a);stroke-width:1.6}.s1{stroke:var(--b);stroke-width:1.6}.s2{stroke:var(--c);stroke-width:1.6}
        """;

    public static string Render(NodeStats node, IReadOnlyList<ScenarioResult> results)
    {
        var title = Text(ReportContent.Heading(node));
        var html = new StringBuilder($"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title>");
        html.Append($"<style>\n{Style}\n</style></head><body>\n<h1>{title}</h1>\n<p>session {Text(node.TestInfo.SessionId)}, .NET {Text(node.NodeInfo.DotNetVersion)}, {node.NodeInfo.CoresCount} cores, {Text(node.NodeInfo.OS)}</p>\n");
        foreach (var result in results) Append(html, node, result);
        return html.Append("</body></html>\n").ToString();
    }

    private static void Append(StringBuilder html, NodeStats node, ScenarioResult result)
    {
        html.Append($"<h2>{Text(result.Stats.ScenarioName)}</h2>\n<p>{Text(ReportContent.Summary(result.Stats))}</p>\n<ul>");
        foreach (var load in result.Load) html.Append($"<li>load: {Text(load)}</li>");
        foreach (var note in result.Notes) html.Append($"<li class=\"failed\">{Text(note)}</li>");
        html.Append("</ul>\n");

        string[] times = [.. result.Moments.Select(m => $"{m.At.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)} s")];
        html.Append(Chart.Lines("Throughput, answers per second", times, ("ok", Rates(result, m => m.Ok)), ("failed", Rates(result, m => m.Fail)))).Append('\n');
        html.Append(Chart.Lines(
            "Latency of good answers over time, ms", times, ("p50", Values(result, m => m.P50)), ("p95", Values(result, m => m.P95)), ("p99", Values(result, m => m.P99)))).Append('\n');
        html.Append(Chart.Lines("Under way", times, ("requests", Values(result, m => m.InFlight)))).Append('\n');
        html.Append(Chart.Lines(
            "Latency of good answers by percentile, ms",
            [.. result.Curve.Select(point => (point.Quantile * 100).ToString("0.####", CultureInfo.InvariantCulture))],
            ("ms", [.. result.Curve.Select(point => point.Milliseconds)]))).Append('\n');

        foreach (var table in ReportContent.Tables(node, result))
        {
            html.Append($"<h3>{Text(table.Title)}</h3>\n<div class=\"wide\"><table><thead><tr>{Cells("th", table.Header)}</tr></thead><tbody>\n");
            foreach (var row in table.Rows) html.Append($"<tr{(row[0] == "FAILED" ? " class=\"failed\"" : "")}>{Cells("td", row)}</tr>\n");
            html.Append("</tbody></table></div>\n");
        }
    }

    private static double[] Rates(ScenarioResult result, Func<Moment, long> count) => [.. result.Moments.Select(m => count(m) / Math.Max(1e-3, m.Length.TotalSeconds))];

    private static double[] Values(ScenarioResult result, Func<Moment, double> value) => [.. result.Moments.Select(value)];

    private static string Cells(string tag, IReadOnlyList<string> cells) => string.Concat(cells.Select(cell => $"<{tag}>{Text(cell)}</{tag}>"));

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
