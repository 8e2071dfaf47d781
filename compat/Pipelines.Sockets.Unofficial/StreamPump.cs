using System.IO.Pipelines;
using System.Net.Sockets;

namespace Pipelines.Sockets.Unofficial;

/// <summary>
/// Carries bytes between a stream and two pipes: one loop reads the stream into <see cref="Input"/>, another writes
/// <see cref="Output"/> to the stream. Either loop that fails completes its pipe with <see cref="ConnectionResetException"/>, which
/// the client answers by reconnecting; after <see cref="Dispose"/> the pipes end without an error.
/// </summary>
/// <remarks>
/// The pipe to send never pauses its writer. The client holds a lock while it flushes and may hand it on while a flush pends, which
/// then looks like two writers; who uses the client bounds what is in flight.
/// </remarks>
internal sealed class StreamPump : IMeasuredDuplexPipe, IDisposable
{
    private const int LargestRead = 64 * 1024;

    private readonly Stream _stream;
    private readonly Pipe _send;
    private readonly Pipe _receive;
    private readonly MeasuredReader _input;
    private readonly MeasuredWriter _output;
    private long _sent;
    private long _received;
    private int _lastReceived = -1;
    private int _shutdownKind;
    private int _socketError;
    private int _disposed;

    public StreamPump(Stream stream, PipeOptions? send, PipeOptions? receive)
    {
        _stream = stream;
        _send = new Pipe(NeverPausing(send ?? PipeOptions.Default));
        _receive = new Pipe(receive ?? PipeOptions.Default);
        _input = new MeasuredReader(_receive.Reader);
        _output = new MeasuredWriter(_send.Writer);
    }

    public PipeReader Input => _input;

    public PipeWriter Output => _output;

    public long TotalBytesSent => Interlocked.Read(ref _sent);

    public long TotalBytesReceived => Interlocked.Read(ref _received);

    public int LastReceived => Volatile.Read(ref _lastReceived);

    public PipeShutdownKind ShutdownKind => (PipeShutdownKind)Volatile.Read(ref _shutdownKind);

    public SocketError SocketError => (SocketError)Volatile.Read(ref _socketError);

    /// <summary>Bytes; the two counts are taken one after the other, so never less than none.</summary>
    public long WaitingToBeRead => Math.Max(0, TotalBytesReceived - _input.Consumed);

    /// <summary>Bytes; the two counts are taken one after the other, so never less than none.</summary>
    public long WaitingToBeSent => Math.Max(0, _output.Written - TotalBytesSent);

    public void Start()
    {
        _ = Task.Run(Receive);
        _ = Task.Run(Send);
    }

    /// <summary>Notes the first reason of the end; false when there was one.</summary>
    public bool TryEnd(PipeShutdownKind kind, SocketError error)
    {
        if (Interlocked.CompareExchange(ref _shutdownKind, (int)kind, (int)PipeShutdownKind.None) != (int)PipeShutdownKind.None)
            return false;
        Volatile.Write(ref _socketError, (int)error);
        return true;
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        TryEnd(PipeShutdownKind.PipeDisposed, SocketError.Success);
        // Ends both loops: one by an error that is no fault any more, the other too or by the cancelled read.
        _stream.Dispose();
        _send.Reader.CancelPendingRead();
    }

    private async Task Receive()
    {
        Exception? fault = null;
        try
        {
            var size = 0;
            while (true)
            {
                var memory = _receive.Writer.GetMemory(size);
                var count = await _stream.ReadAsync(memory).ConfigureAwait(false);
                Volatile.Write(ref _lastReceived, count);
                if (count == 0)
                {
                    TryEnd(PipeShutdownKind.ReadEndOfStream, SocketError.Success);
                    break;
                }

                Interlocked.Add(ref _received, count);
                _receive.Writer.Advance(count);
                var flush = await _receive.Writer.FlushAsync().ConfigureAwait(false);
                if (flush.IsCompleted)
                    break;
                // A large reply fills what it is given: give it more.
                size = count == memory.Length ? Math.Min(2 * count, LargestRead) : 0;
            }
        }
        catch (Exception error)
        {
            fault = Fault(error, PipeShutdownKind.ReadIOException);
        }

        await _receive.Writer.CompleteAsync(fault).ConfigureAwait(false);
    }

    private async Task Send()
    {
        Exception? fault = null;
        try
        {
            while (true)
            {
                var read = await _send.Reader.ReadAsync().ConfigureAwait(false);
                if (read.IsCanceled)
                    break;
                foreach (var segment in read.Buffer)
                {
                    await _stream.WriteAsync(segment).ConfigureAwait(false);
                    Interlocked.Add(ref _sent, segment.Length);
                }

                _send.Reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                    break;
            }
        }
        catch (Exception error)
        {
            fault = Fault(error, PipeShutdownKind.WriteIOException);
        }

        await _send.Reader.CompleteAsync(fault).ConfigureAwait(false);
    }

    private ConnectionResetException? Fault(Exception error, PipeShutdownKind kind)
    {
        if (Volatile.Read(ref _disposed) != 0)
            return null;
        TryEnd(kind, ((error as SocketException) ?? (error.InnerException as SocketException))?.SocketErrorCode ?? SocketError.Success);
        return new ConnectionResetException(error.Message, error);
    }

    private static PipeOptions NeverPausing(PipeOptions options) => new(
        options.Pool,
        options.ReaderScheduler,
        options.WriterScheduler,
        pauseWriterThreshold: 0,
        resumeWriterThreshold: 0,
        options.MinimumSegmentSize,
        options.UseSynchronizationContext);
}
