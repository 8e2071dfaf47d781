using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Sallyport.LoadTests.Parts;

/// <summary>The verbs of <c>sallyport</c>, each a process of its own, as an operator runs them.</summary>
/// <param name="directory">The working directory.</param>
internal sealed class VerbProcess(string directory)
{
    private const string File = "verbs.json";

    /// <summary>Writes the configuration that they get.</summary>
    public Task ConfigureAsync(JsonObject configuration, CancellationToken cancellation) =>
        System.IO.File.WriteAllTextAsync(Path.Combine(directory, File), configuration.ToJsonString(), cancellation);

    /// <summary>Runs one to its end, with <c>--json</c>.</summary>
    /// <returns>The exit code, and what it printed; null where that is no JSON.</returns>
    public async Task<(int ExitCode, JsonNode? Said)> RunAsync(CancellationToken cancellation, params string[] arguments)
    {
        var start = new ProcessStartInfo(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "sallyport.dll"), .. arguments, "--json", "--config", File, "--environment", "Development"])
        {
            WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
        try
        {
            var (said, complained) = (process.StandardOutput.ReadToEndAsync(cancellation), process.StandardError.ReadToEndAsync(cancellation));
            await process.WaitForExitAsync(cancellation);
            await complained;
            var text = (await said).Trim();
            return (process.ExitCode, text.StartsWith('{') ? JsonNode.Parse(text) : null);
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }
}
