using System.Text;
using NBomber.Contracts.Stats;
using NBomber.Engine;

namespace NBomber.Reports;

/// <summary>The report for a page.</summary>
internal static class MarkdownReport
{
    public static string Render(NodeStats node, IReadOnlyList<ScenarioResult> results)
    {
        var text = new StringBuilder().AppendLine($"# {Cell(ReportContent.Heading(node))}").AppendLine().AppendLine($"session: `{node.TestInfo.SessionId}`");
        foreach (var result in results)
        {
            text.AppendLine().AppendLine($"## {Cell(result.Stats.ScenarioName)}").AppendLine().AppendLine(ReportContent.Summary(result.Stats)).AppendLine();
            foreach (var load in result.Load) text.AppendLine($"- load: {load}");
            foreach (var note in result.Notes) text.AppendLine($"- note: {Cell(note)}");
            foreach (var table in ReportContent.Tables(node, result))
            {
                text.AppendLine().AppendLine($"### {table.Title}").AppendLine();
                Append(text, table.Header);
                Append(text, [.. table.Header.Select(_ => "---")]);
                foreach (var row in table.Rows) Append(text, row);
            }
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, IReadOnlyList<string> cells) => text.AppendLine($"| {string.Join(" | ", cells.Select(Cell))} |");

    private static string Cell(string text) => text.ReplaceLineEndings(" ").Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
}
