using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;

namespace Sallyport.Tests.Compat;

/// <summary>
/// Stands between the client and a server on 127.0.0.1: passes bytes on, cuts answers into pieces, falls silent without closing
/// anything, or resets connections in the middle of an answer.
/// </summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentBag<RelayedConnection> _connections = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly int _serverPort;
    private readonly Task _accepting;

    public Relay(int serverPort)
    {
        _serverPort = serverPort;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = Accept();
    }

    public int Port { get; }

    /// <summary>The most bytes of an answer that go to the client in one write.</summary>
    public int PieceLength { get; init; } = int.MaxValue;

    /// <summary>A client that knows this relay and not the server.</summary>
    public async Task<ConnectionMultiplexer> ConnectAsync(Action<ConfigurationOptions> adjust)
    {
        var options = new ConfigurationOptions { EndPoints = { { IPAddress.Loopback, Port } } };
        adjust(options);
        return await ConnectionMultiplexer.ConnectAsync(options);
    }

    /// <summary>From now on nothing passes over the connections that are open, which stay open; new ones work.</summary>
    public void Silence()
    {
        foreach (var connection in _connections)
            connection.Silent = true;
    }

    /// <summary>Resets each connection that is open once so many more bytes of answers have passed it; new ones work.</summary>
    public void ResetAfter(int bytes)
    {
        foreach (var connection in _connections)
            connection.ResetAfter(bytes);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _accepting;
        foreach (var connection in _connections)
            connection.Dispose();
        _stopping.Dispose();
    }

    private async Task Accept()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync(_stopping.Token);
                var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
                var connection = new RelayedConnection(client, server, PieceLength);
                _connections.Add(connection);
                _ = connection.Run(_serverPort);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }
}
