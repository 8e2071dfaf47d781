using System.Text;
using System.Text.Json.Nodes;
using Sallyport.Gateway.Cli;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Cli;

/// <summary>Runs a verb in this process, as the executable would.</summary>
internal static class Verb
{
    public static Task<ProcessResult> RunAsync(string? input, params string[] arguments) =>
        RunAsync(Encoding.UTF8.GetBytes(input ?? ""), arguments);

    public static async Task<ProcessResult> RunAsync(byte[] input, params string[] arguments)
    {
        var output = new StringWriter();
        var errors = new StringWriter();
        var exitCode = await CommandLine.RunAsync(arguments, new ConsoleStreams(new MemoryStream(input), output, errors, Width: null));
        return new ProcessResult(exitCode, output.ToString(), errors.ToString());
    }

    /// <summary>The same with a configuration, in Production.</summary>
    public static async Task<ProcessResult> RunAsync(JsonObject configuration, string? input, params string[] arguments)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, configuration.ToJsonString());
            return await RunAsync(input, [.. arguments, "--config", file, "--environment", "Production"]);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
