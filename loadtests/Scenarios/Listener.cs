using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.WebSockets;

namespace Sallyport.LoadTests.Scenarios;

/// <summary>A client that opened a WebSocket through the gateway, and reads what comes until it ends.</summary>
/// <param name="isShort">Whether its token ends before the test does.</param>
internal sealed class Listener(bool isShort) : IDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly List<double> _latencies = [];
    private Task _reading = Task.CompletedTask;
    private long _last;
    private volatile bool _isClosed;

    public bool IsShort => isShort;

    /// <summary>The number of the message that came last; 0 before the first.</summary>
    public long Last => Volatile.Read(ref _last);

    public bool IsClosed => _isClosed;

    /// <summary>Of each message, from the service's sending to its coming here, in milliseconds. To be read when it is closed.</summary>
    public IReadOnlyList<double> Latencies => _latencies;

    public async Task OpenAsync(Uri address, string token, CancellationToken cancellation)
    {
        _socket.Options.SetRequestHeader("Authorization", "Bearer " + token);
        await _socket.ConnectAsync(address, cancellation);
        _reading = ReadAsync();
    }

    public async Task CloseAsync()
    {
        _socket.Abort();
        await _reading;
    }

    public void Dispose() => _socket.Dispose();

    private async Task ReadAsync()
    {
        var message = new byte[FanOutUpstream.MessageBytes];
        try
        {
            while (true)
            {
                var filled = 0;
                for (var isWhole = false; !isWhole;)
                {
                    var received = await _socket.ReceiveAsync(message.AsMemory(filled), CancellationToken.None);
                    if (received.MessageType == WebSocketMessageType.Close) return;
                    filled += received.Count;
                    isWhole = received.EndOfMessage;
                }

                _latencies.Add(Stopwatch.GetElapsedTime(BinaryPrimitives.ReadInt64LittleEndian(message)).TotalMilliseconds);
                Volatile.Write(ref _last, BinaryPrimitives.ReadInt64LittleEndian(message.AsSpan(8)));
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The gateway cuts a connection off; it has no close frame to send.
        }
        finally
        {
            _isClosed = true;
        }
    }
}
