using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Pipelines.Sockets.Unofficial;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Compat;

/// <summary>A socket as pipes, without the client.</summary>
public sealed class ConnectionTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Writing_to_an_end_that_does_not_read_never_waits_and_is_counted()
    {
        const int Size = 20_000_000;
        using var pair = await Pair.OpenAsync();
        using var connection = Wrap(pair);

        var flush = connection.Output.WriteAsync(new byte[Size]);
        Assert.True(flush.IsCompletedSuccessfully);
        await flush;
        Assert.InRange(connection.GetCounters().BytesWaitingToBeSent, 1, Size);

        var buffer = new byte[1_000_000];
        for (var left = Size; left > 0;)
            left -= await pair.Other.ReceiveAsync(buffer).WaitAsync(Bound);
        await Poll.Until(() => connection.BytesSent == Size, Bound);
        Assert.Equal(0, connection.GetCounters().BytesWaitingToBeSent);
    }

    [Fact]
    public async Task What_arrives_is_counted_until_it_is_consumed()
    {
        using var pair = await Pair.OpenAsync();
        using var connection = Wrap(pair);
        Assert.Equal(-1, connection.LastReceived);

        await pair.Other.SendAsync(new byte[100]);
        await Poll.Until(() => connection.BytesRead == 100, Bound);
        Assert.Equal(100, connection.GetCounters().BytesWaitingToBeRead);

        var read = await connection.Input.ReadAsync().AsTask().WaitAsync(Bound);
        Assert.Equal(100, read.Buffer.Length);
        connection.Input.AdvanceTo(read.Buffer.GetPosition(60));
        Assert.Equal(40, connection.GetCounters().BytesWaitingToBeRead);
        Assert.True(connection.Input.TryRead(out read));
        Assert.Equal(40, read.Buffer.Length);
        connection.Input.AdvanceTo(read.Buffer.End);
        Assert.Equal(0, connection.GetCounters().BytesWaitingToBeRead);
    }

    [Fact]
    public async Task An_orderly_end_completes_the_input()
    {
        using var pair = await Pair.OpenAsync();
        using var connection = Wrap(pair);

        await pair.Other.SendAsync(new byte[3]);
        pair.Other.Shutdown(SocketShutdown.Send);

        var read = await connection.Input.ReadAtLeastAsync(4).AsTask().WaitAsync(Bound);
        Assert.True(read.IsCompleted);
        Assert.Equal(3, read.Buffer.Length);
        Assert.Equal(PipeShutdownKind.ReadEndOfStream, connection.ShutdownKind);
        Assert.False(connection.TrySetProtocolShutdown(PipeShutdownKind.ProtocolExitClient));
    }

    [Fact]
    public async Task A_reset_is_an_error_of_both_pipes()
    {
        using var pair = await Pair.OpenAsync();
        using var connection = Wrap(pair);

        pair.Other.LingerState = new LingerOption(enable: true, 0);
        pair.Other.Dispose();

        await Assert.ThrowsAsync<ConnectionResetException>(() => connection.Input.ReadAsync().AsTask().WaitAsync(Bound));
        Assert.Equal(PipeShutdownKind.ReadIOException, connection.ShutdownKind);
        Assert.Equal(SocketError.ConnectionReset, connection.SocketError);
        // The first write finds out, a later one tells.
        await Poll.Until(
            async () => await Record.ExceptionAsync(() => connection.Output.WriteAsync(new byte[1]).AsTask()) is ConnectionResetException, Bound);
    }

    [Fact]
    public async Task Disposal_ends_both_pipes_without_an_error_and_keeps_the_first_reason()
    {
        using var pair = await Pair.OpenAsync();
        var connection = Wrap(pair);
        Assert.True(connection.TrySetProtocolShutdown(PipeShutdownKind.ProtocolExitClient));
        var reading = connection.Input.ReadAsync().AsTask();

        connection.Dispose();

        var read = await reading.WaitAsync(Bound);
        Assert.True(read.IsCompleted);
        await Poll.Until(async () => (await connection.Output.FlushAsync()).IsCompleted, Bound);
        Assert.Equal(PipeShutdownKind.ProtocolExitClient, connection.ShutdownKind);
        Assert.Equal(0, await pair.Other.ReceiveAsync(new byte[1]).WaitAsync(Bound));
    }

    [Fact]
    public async Task An_awaited_connect_ends_when_it_is_aborted_and_works_when_it_is_not()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();

        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using var connect = new SocketAwaitableEventArgs(PipeScheduler.ThreadPool) { RemoteEndPoint = listener.LocalEndPoint };
        if (!socket.ConnectAsync(connect))
            connect.Complete();
        await connect;
        Assert.True(socket.Connected);

        using var aborted = new SocketAwaitableEventArgs();
        var waiting = Wait(aborted);
        Assert.False(waiting.IsCompleted);
        aborted.Abort(SocketError.TimedOut);
        aborted.Complete();
        Assert.Equal(SocketError.TimedOut, (await Assert.ThrowsAsync<SocketException>(() => waiting.WaitAsync(Bound))).SocketErrorCode);

        static async Task Wait(SocketAwaitableEventArgs operation) => await operation;
    }

    private static SocketConnection Wrap(Pair pair) => SocketConnection.Create(pair.One, null, null);

    /// <summary>Two ends of one connection over the loopback address.</summary>
    private sealed record Pair(Socket One, Socket Other) : IDisposable
    {
        public static async Task<Pair> OpenAsync()
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            var one = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await one.ConnectAsync(listener.LocalEndpoint);
            return new Pair(one, await listener.AcceptSocketAsync());
        }

        public void Dispose()
        {
            One.Dispose();
            Other.Dispose();
        }
    }
}
