using System.CommandLine;
using System.Globalization;
using System.Text;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;

namespace Sallyport.LoadTests.Benchmarks;

/// <summary>Where the time of a request goes: each step by itself, with BenchmarkDotNet, and what it allocates.</summary>
internal static class StepCost
{
    private const double MostOfHit = 200;

    public static Command Verb()
    {
        var isDry = new Option<bool>("--dry") { Description = "Print only; leave the page as it is." };
        var verb = new Command("benchmark", "Time and allocations of each step of a request (BenchmarkDotNet); writes into docs/performance.md") { isDry };
        verb.SetAction(parse => Run(parse.GetValue(isDry)));
        return verb;
    }

    private static int Run(bool isDry)
    {
        // In this process: the gateway's types are internal, and open to this assembly alone.
        var config = ManualConfig.CreateEmpty()
            .AddJob(Job.ShortRun.WithIterationCount(7).WithToolchain(InProcessNoEmitToolchain.Instance))
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddLogger(ConsoleLogger.Default)
            .WithOptions(ConfigOptions.DisableLogFile);
        var reports = BenchmarkRunner.Run([typeof(Steps), typeof(Signatures)], config).SelectMany(summary => summary.Reports).ToArray();
        if (reports.Length == 0 || Array.Exists(reports, report => report.ResultStatistics is null)) return 1;

        var table = new StringBuilder("| step | us | bytes allocated |\n|---|---:|---:|\n");
        foreach (var report in reports)
            table.Append(CultureInfo.InvariantCulture, $"| {NameOf(report)} | {report.ResultStatistics!.Median / 1_000:0.00} | {Bytes(report):#,0} |\n");
        Console.WriteLine(table);
        if (!isDry) MeasuredPage.Write("performance.md", "benchmark", "BenchmarkDotNet, medians", table.ToString());
        return reports.Where(report => NameOf(report).StartsWith("cache hit", StringComparison.Ordinal)).All(report => Bytes(report) <= MostOfHit) ? 0 : 1;
    }

    private static long Bytes(BenchmarkReport report) => report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) ?? 0;

    private static string NameOf(BenchmarkReport report)
    {
        var step = report.BenchmarkCase.Descriptor.WorkloadMethodDisplayInfo.Trim('\'');
        return report.BenchmarkCase.HasParameters ? $"{step}, {report.BenchmarkCase.Parameters["Algorithm"]}" : step;
    }
}
