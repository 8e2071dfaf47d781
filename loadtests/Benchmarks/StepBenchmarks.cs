using System.CommandLine;
using System.Globalization;
using System.Text;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;
using Spectre.Console;

namespace Sallyport.LoadTests.Benchmarks;

/// <summary>Time and allocations of each step of a request, by BenchmarkDotNet, in this process.</summary>
internal static class StepBenchmarks
{
    private static readonly string[] Headings = ["step", "us", "+/-", "bytes"];

    public static Command Verb()
    {
        var isDry = new Option<bool>("--dry") { Description = "Print only; leave the pages as they are." };
        var isLoud = new Option<bool>("--verbose") { Description = "Everything that BenchmarkDotNet says." };
        var verb = new Command("benchmark", "Time and allocations of each step of a request, by BenchmarkDotNet; writes into docs/performance.md") { isDry, isLoud };
        verb.SetAction(parse => Run(parse.GetValue(isDry), parse.GetValue(isLoud)));
        return verb;
    }

    private static int Run(bool isDry, bool isLoud)
    {
        var artifacts = Directory.CreateTempSubdirectory("sallyport-load-");
        try
        {
            var job = Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithWarmupCount(4).WithIterationCount(10).WithIterationTime(TimeInterval.FromMilliseconds(150));
            var config = ManualConfig.CreateEmpty()
                .AddJob(job)
                .AddDiagnoser(MemoryDiagnoser.Default)
                .AddLogger(isLoud ? ConsoleLogger.Default : NullLogger.Instance)
                .WithArtifactsPath(artifacts.FullName)
                .WithOptions(ConfigOptions.DisableLogFile);
            var reports = new List<BenchmarkReport>();
            foreach (var steps in (Type[])[typeof(HitSteps), typeof(TokenSteps)])
            {
                var summary = BenchmarkRunner.Run(steps, config);
                foreach (var failure in summary.ValidationErrors.Where(error => error.IsCritical)) AnsiConsole.WriteLine(failure.Message);
                reports.AddRange(summary.Reports.OrderBy(report => report.BenchmarkCase.Parameters.DisplayInfo, StringComparer.Ordinal).ThenBy(report => report.BenchmarkCase.Descriptor.Type.GetMethods().ToList().IndexOf(report.BenchmarkCase.Descriptor.WorkloadMethod)));
            }

            var rows = reports.Where(report => report.Success).Select(Row).ToList();
            var table = new Table();
            foreach (var heading in Headings) table.AddColumn(heading);
            foreach (var row in rows) table.AddRow(row);
            AnsiConsole.Write(table);
            var isWhole = rows.Count > 0 && rows.Count == reports.Count;
            if (!isWhole) AnsiConsole.WriteLine("Some did not run: --verbose says why.");
            else if (!isDry) MeasuredPage.Write("performance.md", "benchmark", "one thread", Markdown(rows));
            return isWhole ? 0 : 1;
        }
        finally
        {
            artifacts.Delete(recursive: true);
        }
    }

    private static string[] Row(BenchmarkReport report)
    {
        var (test, statistics) = (report.BenchmarkCase, report.ResultStatistics!);
        var algorithm = test.Parameters.Count > 0 ? $"{test.Parameters[0].Value}: " : "";
        return
        [
            algorithm + test.Descriptor.WorkloadMethodDisplayInfo.Trim('\''),
            Text(statistics.Mean / 1e3, "0.00"),
            Text(statistics.StandardError / 1e3, "0.00"),
            Text(report.GcStats.GetBytesAllocatedPerOperation(test) ?? 0, "#,0"),
        ];
    }

    private static string Markdown(List<string[]> rows)
    {
        var text = new StringBuilder();
        Line(Headings);
        Line(Headings.Select((_, i) => i == 0 ? "---" : "---:"));
        foreach (var row in rows) Line(row);
        return text.ToString();

        void Line(IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
    }

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
