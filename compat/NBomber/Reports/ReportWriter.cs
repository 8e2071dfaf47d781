using System.Globalization;
using NBomber.Contracts;
using NBomber.Contracts.Stats;
using NBomber.Engine;

namespace NBomber.Reports;

/// <summary>Writes the reports that were asked for.</summary>
internal static class ReportWriter
{
    public static ReportFile[] Write(NBomberContext context, NodeStats node, IReadOnlyList<ScenarioResult> results)
    {
        if (context.ReportFormats.Count == 0) return [];
        var folder = context.ReportFolder ?? Path.Combine("reports", node.TestInfo.SessionId);
        var name = context.ReportFileName ?? string.Create(CultureInfo.InvariantCulture, $"nbomber_report_{node.TestInfo.Created:yyyy-MM-dd--HH-mm-ss}");
        Directory.CreateDirectory(folder);
        return [.. context.ReportFormats.Distinct().Select(format => Write(Path.Combine(folder, name), format, node, results))];
    }

    private static ReportFile Write(string path, ReportFormat format, NodeStats node, IReadOnlyList<ScenarioResult> results)
    {
        var (ending, content) = format switch
        {
            ReportFormat.Txt => ("txt", TextReport.Render(node, results)),
            ReportFormat.Csv => ("csv", CsvReport.Render(node, results)),
            ReportFormat.Md => ("md", MarkdownReport.Render(node, results)),
            ReportFormat.Html => ("html", HtmlReport.Render(node, results)),
            _ => throw new ArgumentOutOfRangeException(nameof(format), format, "No such format."),
        };
        path = $"{path}.{ending}";
        File.WriteAllText(path, content);
        return new ReportFile { FilePath = path, ReportFormat = format, ReportContent = content };
    }
}
