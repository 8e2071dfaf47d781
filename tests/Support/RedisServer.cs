using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using StackExchange.Redis;
using Xunit.Sdk;

namespace Sallyport.Tests.Support;

/// <summary>
/// A redis-server of one test on a free port of 127.0.0.1, in a directory of its own. It keeps nothing on disk unless it is told to,
/// can be killed, started again on the same port, frozen and thawed, and is gone in the end.
/// </summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(20);

    private readonly string[] _options;
    private readonly StringBuilder _log = new();
    private Process? _process;

    private RedisServer(string[] options) => _options = options;

    /// <summary>Its own, deleted in the end.</summary>
    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("sallyport-redis-").FullName;

    public int Port { get; private set; }

    /// <summary>Host and port, as a configuration of the client.</summary>
    public string Address => $"127.0.0.1:{Port}";

    /// <summary>Starts it and waits until it answers.</summary>
    /// <param name="options">More of redis-server's own, such as <c>--appendonly yes</c>: name and value as two strings. The first may
    /// be a configuration file, which the server may rewrite.</param>
    public static async Task<RedisServer> StartAsync(params string[] options)
    {
        var server = new RedisServer(options);
        try
        {
            await server.StartAgain();
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }

        return server;
    }

    /// <summary>Starts it after <see cref="Kill"/>, on the same port and directory.</summary>
    public async Task StartAgain()
    {
        // Another process may take a free port first: the first start may look for another one.
        for (var attempts = Port == 0 ? 5 : 1; attempts > 0; attempts--)
        {
            var port = Port == 0 ? FreePort.Next() : Port;
            _process = Launch(port);
            if (await Answers(_process, port))
            {
                Port = port;
                return;
            }
        }

        throw new XunitException($"redis-server did not start.\n{Log}");
    }

    /// <summary>A client of this server alone, to be disposed of by the caller.</summary>
    public async Task<ConnectionMultiplexer> ConnectAsync(Action<ConfigurationOptions>? adjust = null)
    {
        var options = new ConfigurationOptions { EndPoints = { { IPAddress.Loopback, Port } } };
        adjust?.Invoke(options);
        return await ConnectionMultiplexer.ConnectAsync(options);
    }

    /// <summary>Sends one command over a connection of its own, without the client, and returns the first line of the answer.</summary>
    public async Task<string> Command(string command)
    {
        using var timeout = new CancellationTokenSource(Usual);
        return await Command(Port, command, timeout.Token);
    }

    /// <summary>SIGKILL: a crash.</summary>
    public async Task Kill()
    {
        if (_process is not { } process)
            return;
        _process = null;
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    /// <summary>SIGSTOP: connections stay open, the kernel takes what is sent, nobody answers.</summary>
    public void Freeze() => Signals.Freeze(_process!.Id);

    /// <summary>SIGCONT.</summary>
    public void Thaw() => Signals.Thaw(_process!.Id);

    public async ValueTask DisposeAsync()
    {
        await Kill();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private string Log
    {
        get
        {
            lock (_log)
                return _log.ToString();
        }
    }

    private Process Launch(int port)
    {
        var files = _options.TakeWhile(option => !option.StartsWith("--", StringComparison.Ordinal)).ToArray();
        var start = new ProcessStartInfo(
            "redis-server",
            [
                .. files, "--port", $"{port}", "--bind", "127.0.0.1", "--dir", Directory, "--save", "", "--appendonly", "no", .. _options[files.Length..],
            ])
        {
            WorkingDirectory = Directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Append(line.Data);
        process.ErrorDataReceived += (_, line) => Append(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        process.StandardInput.Close();
        return process;
    }

    private static async Task<bool> Answers(Process process, int port)
    {
        using var timeout = new CancellationTokenSource(Usual);
        while (!process.HasExited)
        {
            try
            {
                // While it loads its data it answers with an error; without the right to ask, with another.
                var answer = await Command(port, "PING", timeout.Token);
                if (answer.Length > 0 && !answer.StartsWith("-LOADING", StringComparison.Ordinal))
                    return !process.HasExited;
            }
            catch (Exception notYet) when (notYet is SocketException or IOException)
            {
            }

            await Task.Delay(20, timeout.Token);
        }

        await process.WaitForExitAsync();
        return false;
    }

    private static async Task<string> Command(int port, string command, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes(command + "\r\n"), cancellationToken);
        using var reader = new StreamReader(stream);
        return await reader.ReadLineAsync(cancellationToken) ?? "";
    }

    private void Append(string? line)
    {
        if (line is null)
            return;
        lock (_log)
            _log.Append(line).Append('\n');
    }
}
