using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Sallyport.Tests.Support;

/// <summary>The network between two processes of this machine: a relay to a port of 127.0.0.1 that can be cut in two ways and mended, and can hold back a message.</summary>
internal sealed class Wire : IAsyncDisposable
{
    private readonly ConcurrentDictionary<WireConnection, byte> _connections = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly int _target;
    private TaskCompletionSource _passing = Opened();
    private TcpListener? _listener;
    private WireHold? _hold;
    private int _taken;

    public Wire(int target)
    {
        _target = target;
        Port = FreePort.Next();
        Listen();
    }

    /// <summary>Where the near side connects to, on 127.0.0.1.</summary>
    public int Port { get; }

    public WireMode Mode { get; private set; } = WireMode.Pass;

    /// <summary>Connections taken so far, in whatever mode; those refused are not among them.</summary>
    public int Taken => Volatile.Read(ref _taken);

    public void Set(WireMode mode)
    {
        if (mode == Mode) return;
        Mode = mode;
        if (mode == WireMode.BlackHole)
            Volatile.Write(ref _passing, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        if (mode == WireMode.Refuse)
        {
            _listener?.Stop();
            _listener = null;
            foreach (var connection in _connections.Keys) connection.Reset();
        }
        else if (_listener is null)
        {
            Listen();
        }

        if (mode != WireMode.BlackHole) Volatile.Read(ref _passing).TrySetResult();
    }

    /// <summary>From the message to the far side on that has the words, nothing more goes there over its connection until the hold is opened; what comes back still passes.</summary>
    public WireHold HoldBack(string words)
    {
        var hold = new WireHold(words);
        Volatile.Write(ref _hold, hold);
        return hold;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener?.Stop();
        foreach (var connection in _connections.Keys) connection.Reset();
        _stopping.Dispose();
    }

    /// <summary>Waits until bytes may go through.</summary>
    internal Task Passing(CancellationToken cancellation) => Volatile.Read(ref _passing).Task.WaitAsync(cancellation);

    /// <summary>The same for bytes to the far side, which may be held back.</summary>
    internal async Task Passing(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        await Passing(cancellation);
        if (Volatile.Read(ref _hold) is { } hold && hold.IsMeant(bytes.Span)) await hold.WaitAsync(cancellation);
    }

    private static TaskCompletionSource Opened()
    {
        var opened = new TaskCompletionSource();
        opened.SetResult();
        return opened;
    }

    private void Listen()
    {
        var listener = new TcpListener(IPAddress.Loopback, Port);
        listener.Start();
        _listener = listener;
        _ = Accept(listener);
    }

    private async Task Accept(TcpListener listener)
    {
        try
        {
            while (true)
            {
                var near = await listener.AcceptSocketAsync(_stopping.Token);
                Interlocked.Increment(ref _taken);
                var connection = new WireConnection(this, near);
                _connections[connection] = 0;
                _ = Relay(connection);
            }
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Refusing, or at the end.
        }
    }

    private async Task Relay(WireConnection connection)
    {
        await connection.Run(_target, _stopping.Token);
        _connections.TryRemove(connection, out _);
    }
}
