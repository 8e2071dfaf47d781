using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Sallyport.LoadTests.Parts;

/// <summary>A server that runs as its own process on a free port of 127.0.0.1, and ends with this object.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);
    private static readonly ConcurrentDictionary<Process, bool> Running = new();
    private static readonly string[] NotInherited = ["ASPNETCORE_", "DOTNET_ENVIRONMENT", "OTEL_", "Sallyport__", "ReverseProxy__", "Logging__", "Kestrel__", "URLS"];

    private readonly Process _process;

    // A run that is interrupted comes to no dispose.
    static ChildProcess() => AppDomain.CurrentDomain.ProcessExit += static (_, _) =>
    {
        foreach (var process in Running.Keys) process.Kill(entireProcessTree: true);
    };

    private ChildProcess(Process process, int port) => (_process, EndPoint) = (process, new IPEndPoint(IPAddress.Loopback, port));

    public IPEndPoint EndPoint { get; }

    public string Url => $"http://{EndPoint}";

    public int Id => _process.Id;

    // nginx works in processes of its own.
    private IEnumerable<int> Family => File.ReadAllText($"/proc/{Id}/task/{Id}/children")
        .Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => int.Parse(id, CultureInfo.InvariantCulture)).Prepend(Id);

    /// <summary>CPU time of the process and its children so far, user and system, in microseconds.</summary>
    public double Cpu() => Family.Sum(ProcessClock.Microseconds);

    /// <summary>Memory of the process and its children that is in use now, or was at its peak, in MiB: the resident sets.</summary>
    public double Memory(bool isPeak)
    {
        var name = isPeak ? "VmHWM:" : "VmRSS:";
        return Family.Sum(Resident);

        double Resident(int id)
        {
            var line = File.ReadLines($"/proc/{id}/status").Single(line => line.StartsWith(name, StringComparison.Ordinal));
            return double.Parse(line[name.Length..^2], CultureInfo.InvariantCulture) / 1024;
        }
    }

    /// <summary>Runs an assembly of this directory and waits until it listens.</summary>
    /// <exception cref="InvalidOperationException">It ended, or did not listen in time.</exception>
    /// <param name="assembly">Its file name.</param>
    /// <param name="directory">Its working directory: what a configuration file elsewhere says must not count.</param>
    /// <param name="port">Where it will listen.</param>
    /// <param name="arguments">As on the command line.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public static Task<ChildProcess> StartAsync(
        string assembly, string directory, int port, IEnumerable<string> arguments, CancellationToken cancellation) =>
        RunAsync("dotnet", directory, port, [Path.Combine(AppContext.BaseDirectory, assembly), .. arguments], cancellation);

    /// <summary>Runs a program and waits until it listens.</summary>
    /// <exception cref="InvalidOperationException">It ended, or did not listen in time.</exception>
    public static async Task<ChildProcess> RunAsync(
        string program, string directory, int port, IEnumerable<string> arguments, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var name in start.Environment.Keys.Where(name => Array.Exists(NotInherited, n => name.StartsWith(n, StringComparison.OrdinalIgnoreCase))).ToArray())
            start.Environment.Remove(name);
        start.Environment["ASPNETCORE_ENVIRONMENT"] = start.Environment["DOTNET_ENVIRONMENT"] = "Development";

        var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        Running[process] = true;
        var said = new StringWriter();
        process.OutputDataReceived += (_, line) => Append(said, line.Data);
        process.ErrorDataReceived += (_, line) => Append(said, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();

        var child = new ChildProcess(process, port);
        try
        {
            var watch = Stopwatch.StartNew();
            while (!await child.Listens(cancellation))
            {
                if (process.HasExited || watch.Elapsed > StartDeadline) throw new InvalidOperationException($"{program} does not listen.\n{said}");
                await Task.Delay(Look, cancellation);
            }

            return child;
        }
        catch
        {
            await child.DisposeAsync();
            throw;
        }
    }

    /// <summary>A port that nobody listened on a moment ago.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        if (!Running.TryRemove(_process, out _)) return;
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<bool> Listens(CancellationToken cancellation)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(EndPoint, cancellation);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static void Append(StringWriter said, string? line)
    {
        lock (said) said.WriteLine(line);
    }
}
