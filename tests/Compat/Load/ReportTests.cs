using System.Text.RegularExpressions;
using System.Xml.Linq;
using NBomber.Contracts;
using NBomber.Contracts.Stats;
using NBomber.CSharp;

namespace Sallyport.Tests.Compat.Load;

public sealed partial class ReportTests
{
    private const string Awkward = "a <b>|\"c\", d";

    [Fact]
    public void Every_format_is_written_where_it_was_asked_for()
    {
        using var folder = new ReportFolder();
        var node = Run(folder, ReportFormat.Txt, ReportFormat.Csv, ReportFormat.Md, ReportFormat.Html);
        Assert.Equal(
            new[] { "csv", "html", "md", "txt" }.Select(ending => Path.Combine(folder.Path, $"figures.{ending}")), Directory.GetFiles(folder.Path).Order(StringComparer.Ordinal));
        Assert.All(node.ReportFiles, file => Assert.Equal(file.ReportContent, File.ReadAllText(file.FilePath)));
        Assert.All(node.ReportFiles.Where(file => file.ReportFormat != ReportFormat.Csv), file => Assert.Contains("out of stock", file.ReportContent, StringComparison.Ordinal));
    }

    [Fact]
    public void The_table_of_figures_has_a_line_for_the_scenario_and_each_step()
    {
        using var folder = new ReportFolder();
        var lines = Run(folder, ReportFormat.Csv).ReportFiles[0].ReportContent.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Select(Cells).ToArray();
        Assert.Equal(3, lines.Length);
        Assert.All(lines, line => Assert.Equal(lines[0].Length, line.Length));
        var whole = lines[0].Zip(lines[1]).ToDictionary(StringComparer.Ordinal);
        Assert.Equal((Awkward, "global information", "15", "5"), (whole["scenario"], whole["step"], whole["ok_count"], whole["failed_count"]));
        Assert.Equal(("5", "5"), (whole["ok_p99_ms"], whole["ok_max_ms"]));
        Assert.Equal("150", whole["ok_all_bytes"]);
        Assert.Equal("buy", lines[2][4]);
    }

    [Fact]
    public void The_page_is_one_file_that_fetches_nothing_and_has_its_charts_in_it()
    {
        using var folder = new ReportFolder();
        var page = Run(folder, ReportFormat.Html).ReportFiles[0].ReportContent;
        Assert.Single(Directory.GetFiles(folder.Path));
        Assert.DoesNotMatch("(?i)https?:|//|src=|href=|url\\(|@import|<script|<link|<iframe", page);
        Assert.DoesNotContain("<b>", page, StringComparison.Ordinal);

        var charts = Svg().Matches(page).Select(chart => XElement.Parse(chart.Value)).ToArray();
        Assert.Equal(4, charts.Length);
        Assert.All(charts, chart => Assert.NotEmpty(chart.Elements("polyline")));
        foreach (var point in charts.SelectMany(chart => chart.Elements("polyline")).SelectMany(line => line.Attribute("points")!.Value.Split(' ')))
        {
            var at = point.Split(',').Select(double.Parse).ToArray();
            Assert.InRange(at[0], 0, 900);
            Assert.InRange(at[1], 0, 260);
        }

        Assert.Contains("Throughput", charts[0].Attribute("aria-label")!.Value, StringComparison.Ordinal);
        Assert.Equal(3, charts[1].Elements("polyline").Count());
        Assert.Contains("percentile", charts[3].Attribute("aria-label")!.Value, StringComparison.Ordinal);
        Assert.Contains("FAILED", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_on_the_page_has_as_many_cells_in_each_line()
    {
        using var folder = new ReportFolder();
        var page = Run(folder, ReportFormat.Md).ReportFiles[0].ReportContent;
        var tables = page.Split('\n').Where(line => line.StartsWith('|')).Select(line => UnescapedBar().Count(line)).Aggregate(new List<int>(), (seen, bars) => [.. seen, bars]);
        Assert.Equal([16, 7, 6], tables.Distinct());
    }

    [Fact]
    public void Nothing_is_written_where_nothing_was_asked_for()
    {
        using var folder = new ReportFolder();
        Assert.Empty(Run(folder).ReportFiles);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    private static NodeStats Run(ReportFolder folder, params ReportFormat[] formats)
    {
        var scenario = Scenario.Create(Awkward, async context =>
            {
                await Step.Run("buy", context, () => Task.FromResult(
                    context.InvocationNumber % 4 == 0 ? Response.Fail(statusCode: "409", message: "out of stock | <b>") : Response.Ok(statusCode: "200", customLatencyMs: 5)));
                return Response.Ok(sizeBytes: 10, customLatencyMs: 5);
            })
            .WithoutWarmUp().WithLoadSimulations(Simulation.IterationsForInject(20, TimeSpan.FromSeconds(1), 20))
            .WithThresholds(Threshold.Create(scenario => scenario.AllFailCount == 0), Threshold.Create(scenario => scenario.AllOkCount > 0));
        return Runs.Quietly(
            NBomberRunner.RegisterScenarios(scenario).WithReportFolder(folder.Path).WithReportFileName("figures").WithReportFormats(formats).WithTestSuite("suite").WithTestName("name"));
    }

    /// <summary>A line of RFC 4180 without a line break in a cell.</summary>
    private static string[] Cells(string line) => [.. Cell().Matches(line).Select(cell => cell.Groups["quoted"].Success ? cell.Groups["quoted"].Value.Replace("\"\"", "\"") : cell.Groups["plain"].Value)];

    [GeneratedRegex("(?:^|,)(?:\"(?<quoted>(?:[^\"]|\"\")*)\"|(?<plain>[^,\"]*))", RegexOptions.ExplicitCapture)]
    private static partial Regex Cell();

    [GeneratedRegex("<svg.*?</svg>", RegexOptions.Singleline)]
    private static partial Regex Svg();

    [GeneratedRegex(@"(?<!\\)\|")]
    private static partial Regex UnescapedBar();
}
