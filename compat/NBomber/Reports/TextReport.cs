using System.Text;
using NBomber.Contracts.Stats;
using NBomber.Engine;

namespace NBomber.Reports;

/// <summary>The report for a terminal: columns of even width.</summary>
internal static class TextReport
{
    public static string Render(NodeStats node, IReadOnlyList<ScenarioResult> results)
    {
        var text = new StringBuilder().AppendLine(ReportContent.Heading(node)).AppendLine($"session: {node.TestInfo.SessionId}");
        foreach (var result in results)
        {
            text.AppendLine().AppendLine($"scenario: {result.Stats.ScenarioName}").AppendLine(ReportContent.Summary(result.Stats));
            foreach (var load in result.Load) text.AppendLine($"load: {load}");
            foreach (var note in result.Notes) text.AppendLine($"note: {note}");
            foreach (var table in ReportContent.Tables(node, result)) Append(text, table);
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, ReportTable table)
    {
        var widths = table.Header.Select((header, i) => table.Rows.Max(row => Line(row[i]).Length) is var widest && widest > header.Length ? widest : header.Length).ToArray();
        text.AppendLine();
        foreach (var row in table.Rows.Prepend(table.Header))
            text.AppendLine(string.Join("  ", row.Select((cell, i) => Line(cell).PadRight(widths[i]))).TrimEnd());
    }

    private static string Line(string cell) => cell.ReplaceLineEndings(" ");
}
