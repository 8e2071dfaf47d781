using System.Globalization;
using System.Net;

namespace Sallyport.LoadTests.Parts;

/// <summary>A redis-server that keeps nothing on disk; it can be killed, started again on the same port, frozen and thawed.</summary>
internal sealed class RedisProcess : IAsyncDisposable
{
    private readonly string _directory;
    private readonly int _port;
    private ChildProcess? _process;

    private RedisProcess(string directory, int port) => (_directory, _port) = (directory, port);

    public IPEndPoint EndPoint => new(IPAddress.Loopback, _port);

    public static async Task<RedisProcess> StartAsync(string directory, CancellationToken cancellation)
    {
        var redis = new RedisProcess(directory, ChildProcess.FreePort());
        await redis.StartAgainAsync(cancellation);
        return redis;
    }

    /// <summary>After <see cref="KillAsync"/>: empty.</summary>
    public async Task StartAgainAsync(CancellationToken cancellation) =>
        _process = await ChildProcess.RunAsync(
            "redis-server", _directory, _port, ["--port", $"{_port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"], cancellation);

    /// <summary>SIGKILL: a crash, and what it held is gone.</summary>
    public async Task KillAsync()
    {
        if (Interlocked.Exchange(ref _process, null) is { } process) await process.DisposeAsync();
    }

    /// <summary>SIGSTOP: connections stay open, and nobody answers.</summary>
    public Task FreezeAsync() => SignalAsync("STOP");

    /// <summary>SIGCONT.</summary>
    public Task ThawAsync() => SignalAsync("CONT");

    public async ValueTask DisposeAsync() => await KillAsync();

    private Task SignalAsync(string signal) =>
        _process is { } process
            ? Tool.RunAsync("sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -{signal} {process.Id}")], CancellationToken.None)
            : Task.CompletedTask;
}
