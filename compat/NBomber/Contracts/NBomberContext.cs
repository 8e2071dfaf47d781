using NBomber.Contracts.Stats;

namespace NBomber.Contracts;

/// <summary>A test that is being put together; <see cref="CSharp.NBomberRunner"/> makes, extends and runs it.</summary>
public sealed record NBomberContext
{
    internal IReadOnlyList<ScenarioProps> Scenarios { get; init; } = [];

    internal string TestSuite { get; init; } = "nbomber_default_test_suite_name";

    internal string TestName { get; init; } = "nbomber_default_test_name";

    /// <summary>Null is a folder of this session under "reports".</summary>
    internal string? ReportFolder { get; init; }

    /// <summary>Null is a name with the session in it.</summary>
    internal string? ReportFileName { get; init; }

    internal IReadOnlyList<ReportFormat> ReportFormats { get; init; } = [ReportFormat.Html, ReportFormat.Txt, ReportFormat.Csv, ReportFormat.Md];

    internal TimeSpan ReportingInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long answers may take after the end of the load.</summary>
    internal TimeSpan CompletionTimeout { get; init; } = TimeSpan.FromMinutes(1);

    internal bool DisplayConsoleMetrics { get; init; } = true;

    /// <summary>Requests of one scenario that may be under way. One more is not sent, and counts as failed.</summary>
    internal int MaxInFlight { get; init; } = 20_000;
}
