using System.IO.Pipelines;

namespace Pipelines.Sockets.Unofficial;

/// <summary>
/// Runs continuations on threads of its own. Work that finds a long queue, or that comes after <see cref="Dispose"/>, goes to the
/// thread pool instead; what is queued when it is disposed of still runs.
/// </summary>
public sealed class DedicatedThreadPoolPipeScheduler : PipeScheduler, IDisposable
{
    private readonly Queue<(Action<object?> Action, object? State)> _queue = [];
    private readonly int _longestQueue;
    private int _available;
    private bool _disposed;
    private long _servicedByQueue;
    private long _servicedByPool;

    /// <summary>Starts the threads.</summary>
    /// <param name="name">Of the threads.</param>
    /// <param name="workerCount">How many threads; at least one.</param>
    /// <param name="useThreadPoolQueueLength">A queue longer than this overflows to the thread pool.</param>
    /// <param name="priority">Of the threads.</param>
    public DedicatedThreadPoolPipeScheduler(
        string? name = null, int workerCount = 5, int useThreadPoolQueueLength = 10, ThreadPriority priority = ThreadPriority.Normal)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(workerCount);
        WorkerCount = workerCount;
        _longestQueue = useThreadPoolQueueLength;
        for (var i = 0; i < workerCount; i++)
            new Thread(Work) { Name = name ?? nameof(DedicatedThreadPoolPipeScheduler), IsBackground = true, Priority = priority }.Start();
    }

    /// <summary>How many threads there are.</summary>
    public int WorkerCount { get; }

    /// <summary>How many of them wait for work.</summary>
    public int AvailableCount => Volatile.Read(ref _available);

    /// <summary>How much ran on threads of its own.</summary>
    public long TotalServicedByQueue => Interlocked.Read(ref _servicedByQueue);

    /// <summary>How much went to the thread pool.</summary>
    public long TotalServicedByPool => Interlocked.Read(ref _servicedByPool);

    /// <inheritdoc/>
    public override void Schedule(Action<object?> action, object? state)
    {
        lock (_queue)
        {
            if (!_disposed && _queue.Count <= _longestQueue)
            {
                _queue.Enqueue((action, state));
                Monitor.Pulse(_queue);
                return;
            }
        }

        Interlocked.Increment(ref _servicedByPool);
        ThreadPool.Schedule(action, state);
    }

    /// <summary>Lets the threads end; does not wait for them.</summary>
    public void Dispose()
    {
        lock (_queue)
        {
            _disposed = true;
            Monitor.PulseAll(_queue);
        }
    }

    private void Work()
    {
        while (Next() is { } work)
        {
            Interlocked.Increment(ref _servicedByQueue);
            try
            {
                work.Action(work.State);
            }
            catch (Exception error)
            {
                // As on the thread pool, an escaped exception is fatal, but never on the thread that others' work waits for.
                ThreadPool.Schedule(static state => System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw((Exception)state!), error);
            }
        }
    }

    private (Action<object?> Action, object? State)? Next()
    {
        lock (_queue)
        {
            _available++;
            while (_queue.Count == 0 && !_disposed)
                Monitor.Wait(_queue);
            _available--;
            return _queue.TryDequeue(out var work) ? work : null;
        }
    }
}
