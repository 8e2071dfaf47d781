using System.Diagnostics;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.LoadTests;

/// <summary>The load tests' executable as a process, for a few seconds at a rate that any machine holds: whether scenarios run at all, and judge.</summary>
public sealed class ScenarioTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("sallyport-scenario-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task A_scenario_in_which_all_holds_ends_with_0_and_leaves_its_reports()
    {
        var result = await Run("steady", "--seconds", "3", "--rate", "50", "--p99", "60000");

        Assert.True(result.ExitCode == 0, result.Output + result.Errors);
        Assert.Contains("passed  steady", result.Output, StringComparison.Ordinal);
        Assert.Equal(["steady.csv", "steady.html", "steady.md", "steady.txt"], _directory.EnumerateFiles().Select(file => file.Name).Order());
        Assert.All(_directory.EnumerateFiles(), file => Assert.NotEqual(0, file.Length));
    }

    [Fact]
    public async Task A_threshold_that_does_not_hold_ends_it_with_1_and_is_named()
    {
        var result = await Run("steady", "--seconds", "3", "--rate", "50", "--p99", "0.001");

        Assert.True(result.ExitCode == 1, result.Output + result.Errors);
        Assert.Contains("holds   good: (s.AllFailCount == 0)", result.Output, StringComparison.Ordinal);
        Assert.Contains("FAILED  good: (s.Ok.Latency.Percent99 <= limit)", result.Output, StringComparison.Ordinal);
        Assert.Contains("FAILED  steady", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Good_traffic_loses_nothing_beside_made_up_key_names()
    {
        var result = await Run("kid-flood", "--seconds", "3", "--rate", "50", "--flood", "200");

        Assert.True(result.ExitCode == 0, result.Output + result.Errors);
        Assert.Contains("holds   flood: (s.AllFailCount == 0)", result.Output, StringComparison.Ordinal);
    }

    private async Task<ProcessResult> Run(string scenario, params string[] options)
    {
        // The reference from the tests to the load tests copies it here with its runtimeconfig and deps files.
        var program = Path.Combine(AppContext.BaseDirectory, "sallyport-loadtests.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, scenario, "--reports", _directory.FullName, .. options])
        {
            WorkingDirectory = _directory.FullName, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        })!;
        using var late = new CancellationTokenSource(Limit);
        try
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(late.Token), process.StandardError.ReadToEndAsync(late.Token));
            await process.WaitForExitAsync(late.Token);
            return new ProcessResult(process.ExitCode, await output, await errors);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }
}
