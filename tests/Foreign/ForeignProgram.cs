using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Sallyport.Tests.Support;
using Xunit.Sdk;

namespace Sallyport.Tests.Foreign;

/// <summary>A program of this folder, built on software that we did not write: asked by a line of JSON, it answers by a line of JSON.</summary>
/// <remarks>It ends with its test: killed in the end, and by the end of its input when this process dies.</remarks>
internal sealed class ForeignProgram : IAsyncDisposable
{
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(30);
    private static readonly string Folder = Path.Combine(RepositoryFolder.Path, "tests", "Foreign");

    private readonly Process _process;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly StringBuilder _errors = new();

    private ForeignProgram(Process process)
    {
        _process = process;
        process.ErrorDataReceived += (_, line) =>
        {
            lock (_errors)
                _errors.AppendLine(line.Data);
        };
        process.BeginErrorReadLine();
    }

    /// <summary>A script for node, which finds its packages beside it.</summary>
    public static ForeignProgram Node(string script)
    {
        if (!Directory.Exists(Path.Combine(Folder, "node_modules", "jose")))
            throw NotInstalled($"The packages of npm that {script} needs are not in tests/Foreign/node_modules");
        return Start("node", script);
    }

    /// <summary>A script for the system's own Python, which has Debian's packages; another one on the path may not.</summary>
    public static ForeignProgram Python(string script) => Start("/usr/bin/python3", script);

    /// <summary>Asks, and waits for the answer (30 s).</summary>
    public async Task<JsonObject> Ask(JsonObject question)
    {
        await _turn.WaitAsync();
        try
        {
            using var late = new CancellationTokenSource(Usual);
            try
            {
                await _process.StandardInput.WriteLineAsync(question.ToJsonString().AsMemory(), late.Token);
                await _process.StandardInput.FlushAsync(late.Token);
                if (await _process.StandardOutput.ReadLineAsync(late.Token) is { } line)
                    return (JsonObject)JsonNode.Parse(line)!;
            }
            catch (Exception gone) when (gone is IOException or OperationCanceledException)
            {
                throw Silent(gone);
            }

            await _process.WaitForExitAsync(late.Token);
            throw Silent();
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _turn.Dispose();
    }

    private static ForeignProgram Start(string program, string script)
    {
        var start = new ProcessStartInfo(program, [Path.Combine(Folder, script)])
        {
            WorkingDirectory = Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        // Everything is on the loopback address.
        foreach (var proxy in new[] { "http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NODE_OPTIONS", "PYTHONPATH" })
            start.Environment.Remove(proxy);
        try
        {
            return new ForeignProgram(Process.Start(start)!);
        }
        catch (System.ComponentModel.Win32Exception absent)
        {
            throw NotInstalled($"{program} cannot be started ({absent.Message})");
        }
    }

    private static XunitException NotInstalled(string what) => new($"{what}. Run ./test.sh, which installs what the tests need.");

    private XunitException Silent(Exception? cause = null)
    {
        string errors;
        lock (_errors)
            errors = _errors.ToString();
        var end = _process.HasExited ? $"It ended with {_process.ExitCode}." : "It still runs.";
        return new XunitException(
            $"{Path.GetFileName(_process.StartInfo.ArgumentList[0])} gave no answer. {end} If a module is missing, run ./test.sh, which installs it.\n{errors}", cause);
    }
}
