using System.Net.Sockets;
using System.Text;
using Xunit.Sdk;

namespace Sallyport.Tests.Support;

/// <summary>Redis's own account of what it does, command by command (MONITOR), scripts' commands included.</summary>
internal sealed class RedisMonitor : IAsyncDisposable
{
    private readonly TcpClient _connection = new();
    private StreamReader _lines = StreamReader.Null;

    public static async Task<RedisMonitor> StartAsync(RedisServer redis)
    {
        var monitor = new RedisMonitor();
        await monitor._connection.ConnectAsync("127.0.0.1", redis.Port);
        var stream = monitor._connection.GetStream();
        await stream.WriteAsync("MONITOR\r\n"u8.ToArray());
        monitor._lines = new StreamReader(stream, Encoding.UTF8);
        Assert.Equal("+OK", await monitor._lines.ReadLineAsync());
        return monitor;
    }

    /// <summary>Ends when Redis has done a command whose words, quoted, are in the account.</summary>
    public async Task Sees(string words, TimeSpan? deadline = null)
    {
        using var late = new CancellationTokenSource(deadline ?? TimeSpan.FromSeconds(30));
        try
        {
            while (await _lines.ReadLineAsync(late.Token) is { } line)
                if (line.Contains(words, StringComparison.OrdinalIgnoreCase))
                    return;
        }
        catch (OperationCanceledException e) when (late.IsCancellationRequested)
        {
            throw new XunitException($"Redis did not do {words} in time.", e);
        }

        throw new XunitException($"Redis went away before it did {words}.");
    }

    public ValueTask DisposeAsync()
    {
        _lines.Dispose();
        _connection.Dispose();
        return ValueTask.CompletedTask;
    }
}
