using System.IO.Pipelines;
using System.Net.Sockets;

namespace Pipelines.Sockets.Unofficial;

/// <summary>A connected socket as a pair of pipes. Owns the socket.</summary>
public sealed partial class SocketConnection : IMeasuredDuplexPipe, IDisposable
{
    private readonly Socket _socket;
    private readonly StreamPump _pump;

    private SocketConnection(Socket socket, PipeOptions? send, PipeOptions? receive)
    {
        _socket = socket;
        _pump = new StreamPump(new NetworkStream(socket, ownsSocket: true), send, receive);
    }

    /// <inheritdoc/>
    public PipeReader Input => _pump.Input;

    /// <inheritdoc/>
    public PipeWriter Output => _pump.Output;

    /// <summary>Bytes received so far.</summary>
    public long BytesRead => _pump.TotalBytesReceived;

    /// <summary>Bytes sent so far.</summary>
    public long BytesSent => _pump.TotalBytesSent;

    /// <summary>Bytes of the last receive; 0 at the end of the stream, -1 before anything came.</summary>
    public int LastReceived => _pump.LastReceived;

    /// <summary>Why the connection ended, once it has.</summary>
    public PipeShutdownKind ShutdownKind => _pump.ShutdownKind;

    /// <summary>The socket's error behind <see cref="ShutdownKind"/>, or success when there was none.</summary>
    public SocketError SocketError => _pump.SocketError;

    long IMeasuredDuplexPipe.TotalBytesSent => BytesSent;

    long IMeasuredDuplexPipe.TotalBytesReceived => BytesRead;

    /// <summary>Wraps a connected socket and starts to send and to receive.</summary>
    /// <param name="socket">Connected, blocking, of the stream kind.</param>
    /// <param name="send">Of the pipe that the client writes to; its pause threshold is not used (see <see cref="StreamPump"/>).</param>
    /// <param name="receive">Of the pipe that the client reads from.</param>
    /// <param name="options">Not used.</param>
    /// <param name="name">Not used: nothing is logged here.</param>
    public static SocketConnection Create(
        Socket socket,
        PipeOptions? send,
        PipeOptions? receive,
        SocketConnectionOptions options = SocketConnectionOptions.None,
        string? name = null)
    {
        var connection = new SocketConnection(socket, send, receive);
        connection._pump.Start();
        return connection;
    }

    /// <summary>Everything needed is part of .NET.</summary>
    public static void AssertDependencies()
    {
    }

    /// <summary>Commands leave at once: no delay by Nagle's algorithm. Sockets without TCP are left as they are.</summary>
    public static void SetRecommendedClientOptions(Socket socket)
    {
        if (socket.ProtocolType == ProtocolType.Tcp)
            socket.NoDelay = true;
    }

    /// <summary>Notes why the protocol ends the connection; false when it had ended already.</summary>
    public bool TrySetProtocolShutdown(PipeShutdownKind kind) => _pump.TryEnd(kind, SocketError.Success);

    /// <summary>What waits at this moment on either side of the pipes.</summary>
    public Counters GetCounters() => new(AvailableOnSocket(), _pump.WaitingToBeRead, _pump.WaitingToBeSent);

    /// <summary>Closes the socket; what was not sent yet is lost.</summary>
    public void Dispose() => _pump.Dispose();

    private int AvailableOnSocket()
    {
        try
        {
            return _socket.Available;
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
            return 0;
        }
    }
}
