using System.Diagnostics;

namespace Sallyport.LoadTests.Parts;

/// <summary>A program of others that a run is compared with.</summary>
internal static class Tool
{
    /// <summary>Where it is on the path, or null.</summary>
    public static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(directory => Path.Combine(directory, name)).FirstOrDefault(File.Exists);

    /// <summary>Runs it to its end, and returns what it said.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static async Task<string> RunAsync(string program, IEnumerable<string> arguments, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        try
        {
            var (said, complained) = (process.StandardOutput.ReadToEndAsync(cancellation), process.StandardError.ReadToEndAsync(cancellation));
            await process.WaitForExitAsync(cancellation);
            return process.ExitCode == 0 ? await said : throw new InvalidOperationException($"{program} failed:\n{await said}{await complained}");
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }
}
