using System.Diagnostics;
using System.Text;
using Xunit.Sdk;

namespace Sallyport.Tests.Support;

/// <summary>The built gateway as its own process, in an empty working directory, knowing nothing of this process's environment.</summary>
internal sealed class GatewayProcess : IAsyncDisposable
{
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(30);
    private static readonly string[] NotInherited =
    [
        "ASPNETCORE_", "DOTNET_ENVIRONMENT", "DOTNET_URLS", "DOTNET_HTTP", "URLS", "OTEL_", "SPIFFE_",
        "Sallyport__", "ReverseProxy__", "Logging__", "Kestrel__",
    ];

    private readonly Process _process = new();
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();

    private GatewayProcess()
    {
    }

    /// <summary>Its own, deleted in the end; configuration files may be put there before it starts.</summary>
    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("sallyport-").FullName;

    public string Output => TextOf(_output);

    public string Errors => TextOf(_errors);

    public int ProcessId => _process.Id;

    public bool Running => !_process.HasExited;

    /// <summary>Starts it with the verb and options given.</summary>
    /// <param name="arguments">As on the command line.</param>
    /// <param name="environment">Variables to add, such as <c>DOTNET_ENVIRONMENT</c>, which is not inherited.</param>
    /// <param name="files">Written into <see cref="Directory"/> first: name and content.</param>
    /// <param name="input">Standard input; empty and closed when null.</param>
    public static async Task<GatewayProcess> StartAsync(
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null,
        IReadOnlyDictionary<string, string>? files = null,
        string? input = null)
    {
        var gateway = new GatewayProcess();
        foreach (var (name, content) in files ?? new Dictionary<string, string>())
            await File.WriteAllTextAsync(Path.Combine(gateway.Directory, name), content);
        await gateway.Start(arguments, environment ?? new Dictionary<string, string>(), input);
        return gateway;
    }

    /// <summary>Runs it to its end: for the verbs that answer and exit.</summary>
    public static async Task<ProcessResult> RunAsync(
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null,
        IReadOnlyDictionary<string, string>? files = null,
        string? input = null)
    {
        await using var gateway = await StartAsync(arguments, environment, files, input);
        var exitCode = await gateway.Exit();
        return new ProcessResult(exitCode, gateway.Output, gateway.Errors);
    }

    /// <summary>Waits for a line of standard output or standard error that contains <paramref name="text"/>, and returns it.</summary>
    public async Task<string> Line(string text, TimeSpan? deadline = null)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            // Read before the search: what a process wrote before its end is searched after it.
            var ended = _process.HasExited;
            if (ended)
                await _process.WaitForExitAsync();
            if ((Output + '\n' + Errors).Split('\n').FirstOrDefault(line => line.Contains(text, StringComparison.Ordinal)) is { } found)
                return found;
            if (ended || watch.Elapsed > (deadline ?? Usual))
                throw new XunitException($"The gateway did not say \"{text}\" {(ended ? $"and exited with {_process.ExitCode}" : "in time")}.\n{Story()}");
            await Task.Delay(20);
        }
    }

    /// <summary>Waits for its end and returns the exit code.</summary>
    public async Task<int> Exit(TimeSpan? deadline = null)
    {
        using var timeout = new CancellationTokenSource(deadline ?? Usual);
        try
        {
            await _process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException late) when (timeout.IsCancellationRequested)
        {
            throw new XunitException($"The gateway did not exit in time.\n{Story()}", late);
        }

        return _process.ExitCode;
    }

    /// <summary>Asks it to end, as an orchestrator does (SIGTERM), and returns the exit code; kills it when it does not listen.</summary>
    public async Task<int> StopAsync(TimeSpan? deadline = null)
    {
        if (Running)
            Signals.Terminate(_process.Id);
        return await Exit(deadline);
    }

    /// <summary>SIGKILL: a crash.</summary>
    public async Task Kill()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (Running)
            await Kill();
        _process.Dispose();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private async Task Start(IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, string? input)
    {
        // The reference from the tests to the gateway copies it here with its runtimeconfig and deps files.
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "sallyport.dll"), .. arguments])
        {
            WorkingDirectory = Directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var name in Environment.GetEnvironmentVariables().Keys.Cast<string>())
        {
            if (Array.Exists(NotInherited, prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
                start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment)
            start.Environment[name] = value;

        _process.StartInfo = start;
        _process.OutputDataReceived += (_, line) => Append(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Append(_errors, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        if (input is not null)
            await _process.StandardInput.WriteAsync(input);
        _process.StandardInput.Close();
    }

    private string Story() => $"--- output\n{Output}\n--- errors\n{Errors}";

    private static void Append(StringBuilder text, string? line)
    {
        if (line is null)
            return;
        lock (text)
            text.Append(line).Append('\n');
    }

    private static string TextOf(StringBuilder text)
    {
        lock (text)
            return text.ToString();
    }
}
