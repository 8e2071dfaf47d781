using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Pipelines.Sockets.Unofficial;

/// <summary>
/// A socket operation that can be awaited once per use: start it, call <see cref="Complete"/> when it ended at once, await it.
/// <see cref="Abort"/> ends the wait, not the operation; the later end of the operation is then of no consequence.
/// </summary>
/// <remarks>The execution context does not flow: the client's connections belong to no caller.</remarks>
/// <param name="ioScheduler">Where the continuation runs; the thread pool when null.</param>
public class SocketAwaitableEventArgs(PipeScheduler? ioScheduler = null)
    : SocketAsyncEventArgs(true), ICriticalNotifyCompletion
{
    private static readonly Action Ended = static () => { };

    private readonly PipeScheduler _scheduler = ioScheduler ?? PipeScheduler.ThreadPool;

    // Null while nobody waits and nothing ended; Ended once the operation has; the waiter's continuation in between.
    private Action? _continuation;
    private int _aborted;

    /// <summary>Whether the operation ended or was aborted.</summary>
    public bool IsCompleted => ReferenceEquals(Volatile.Read(ref _continuation), Ended);

    /// <summary>Itself.</summary>
    public SocketAwaitableEventArgs GetAwaiter() => this;

    /// <summary>The bytes transferred.</summary>
    /// <exception cref="SocketException">The operation failed or was aborted.</exception>
    public int GetResult()
    {
        var aborted = (SocketError)Interlocked.Exchange(ref _aborted, (int)SocketError.Success);
        Volatile.Write(ref _continuation, null);
        var error = aborted == SocketError.Success ? SocketError : aborted;
        return error == SocketError.Success ? BytesTransferred : throw new SocketException((int)error);
    }

    /// <summary>Marks the operation as ended.</summary>
    public void Complete()
    {
        var continuation = Interlocked.Exchange(ref _continuation, Ended);
        if (continuation is not null && !ReferenceEquals(continuation, Ended))
            _scheduler.Schedule(static state => ((Action)state!)(), continuation);
    }

    /// <summary>Ends the wait with an error.</summary>
    public void Abort(SocketError error = SocketError.OperationAborted)
    {
        if (error == SocketError.Success)
            throw new ArgumentOutOfRangeException(nameof(error), error, "An abortion is no success.");
        Volatile.Write(ref _aborted, (int)error);
        Complete();
    }

    /// <inheritdoc/>
    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    /// <inheritdoc/>
    public void UnsafeOnCompleted(Action continuation)
    {
        if (Interlocked.CompareExchange(ref _continuation, continuation, null) is not null)
            _scheduler.Schedule(static state => ((Action)state!)(), continuation);
    }

    /// <inheritdoc/>
    protected override void OnCompleted(SocketAsyncEventArgs e) => Complete();
}
