using NBomber.Contracts;
using NBomber.Contracts.Stats;
using NBomber.Engine;

namespace NBomber.CSharp;

/// <summary>Puts a test together and runs it.</summary>
public static class NBomberRunner
{
    /// <summary>They run at the same time.</summary>
    public static NBomberContext RegisterScenarios(params ScenarioProps[] scenarios) => new() { Scenarios = scenarios };

    public static NBomberContext WithTestSuite(this NBomberContext context, string testSuite) => context with { TestSuite = testSuite };

    public static NBomberContext WithTestName(this NBomberContext context, string testName) => context with { TestName = testName };

    public static NBomberContext WithReportFolder(this NBomberContext context, string reportFolderPath) => context with { ReportFolder = reportFolderPath };

    /// <summary>Without its ending.</summary>
    public static NBomberContext WithReportFileName(this NBomberContext context, string reportFileName) => context with { ReportFileName = reportFileName };

    public static NBomberContext WithReportFormats(this NBomberContext context, params ReportFormat[] reportFormats) =>
        context with { ReportFormats = reportFormats };

    public static NBomberContext WithoutReports(this NBomberContext context) => context with { ReportFormats = [] };

    /// <summary>How often thresholds are looked at while the load runs: every 5 s unless told.</summary>
    public static NBomberContext WithReportingInterval(this NBomberContext context, TimeSpan interval) => context with { ReportingInterval = interval };

    /// <summary>How long answers may take after the end of the load: a minute unless told.</summary>
    public static NBomberContext WithScenarioCompletionTimeout(this NBomberContext context, TimeSpan timeout) => context with { CompletionTimeout = timeout };

    /// <summary>False prints nothing at all.</summary>
    public static NBomberContext DisplayConsoleMetrics(this NBomberContext context, bool display) => context with { DisplayConsoleMetrics = display };

    /// <summary>Runs it to its end. A threshold that failed sets the exit code of the process to 1.</summary>
    /// <exception cref="ArgumentException">A scenario, or its load, makes no sense.</exception>
    public static NodeStats Run(this NBomberContext context)
    {
        var stats = new Session(context).RunAsync().GetAwaiter().GetResult();
        if (Array.Exists(stats.Thresholds, threshold => threshold.IsFailed)) Environment.ExitCode = 1;
        return stats;
    }

    /// <summary>The same. This stand-in knows none of the package's arguments.</summary>
    /// <exception cref="ArgumentException">There is one.</exception>
    public static NodeStats Run(this NBomberContext context, params string[] args) =>
        args.Length == 0 ? context.Run() : throw new ArgumentException($"No argument is known: {string.Join(' ', args)}", nameof(args));
}
