using System.Diagnostics;
using System.Threading.Channels;
using Sallyport.Gateway.Telemetry;

namespace Sallyport.Gateway.Audit;

/// <summary>One writer for all who record in this process.</summary>
/// <remarks>
/// <code>
///   1 wait    in a bounded queue; nobody waits longer than Patience
///   2 take    all that wait by then
///   3 write   numbered and chained, in one piece, flushed once            ITrailStore
///   4 answer  all of them, and none before
/// </code>
/// While one flush is under way the next batch gathers: that is why many clients cost little more than one.
/// </remarks>
internal sealed partial class TrailWriter : IAsyncDisposable, IDisposable
{
    /// <summary>The most that wait at once.</summary>
    public const int MostWaiting = 10_000;

    /// <summary>The longest that one record waits.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private const int MostAtOnce = 2000;

    private readonly Channel<WaitingRecord> _queue = Channel.CreateBounded<WaitingRecord>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly ITrailStore _store;
    private readonly GatewayMetrics? _metrics;
    private readonly ILogger<TrailWriter> _logger;
    private readonly Task _writing;
    private volatile string? _problem;
    private volatile TrailHead? _head;

    public TrailWriter(ITrailStore store, ILogger<TrailWriter> logger, GatewayMetrics? metrics = null)
    {
        (_store, _metrics, _logger) = (store, metrics, logger);
        _writing = Task.Run(WriteAsync);
    }

    public ITrailStore Store => _store;

    /// <summary>Why nothing could be written the last time; null while it can, and before it was tried.</summary>
    public string? Problem => _problem;

    /// <summary>The end of the trail when it was last seen; null before.</summary>
    public TrailHead? Head => _head;

    /// <summary>How many wait now.</summary>
    public int Waiting => _queue.Reader.Count;

    /// <summary>Called after every write, with the end then. It must not block or throw.</summary>
    public Action<TrailHead>? OnWritten { get; set; }

    /// <summary>Appends one record; durable when this completes.</summary>
    /// <exception cref="AuditUnavailableException">It may not count on it, though the record may be there.</exception>
    public async Task AppendAsync(AuditRecord record, CancellationToken cancellation)
    {
        var waiting = new WaitingRecord(record);
        if (!_queue.Writer.TryWrite(waiting)) throw new AuditUnavailableException(_queue.Reader.Completion.IsCompleted ? "the process is stopping" : $"{MostWaiting} records wait already");
        try
        {
            await waiting.Written.WaitAsync(Patience, cancellation);
        }
        catch (TimeoutException e)
        {
            waiting.Abandon();
            throw new AuditUnavailableException(_problem ?? $"the audit trail was not written within {Patience.TotalSeconds:0} s", e);
        }
        catch (OperationCanceledException)
        {
            waiting.Abandon();
            throw;
        }
    }

    /// <summary>Appends what <paramref name="compose"/> says of the end of the trail; nothing for nothing, and then it only reads on.</summary>
    /// <exception cref="AuditUnavailableException">It cannot.</exception>
    public async Task<TrailHead> AppendAsync(Func<TrailHead, IReadOnlyList<AuditRecord>> compose, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            _head = await _store.AppendAsync(compose, cancellation);
            if (_problem is not null) Mended(_store.Place);
            _problem = null;
        }
        catch (AuditUnavailableException e)
        {
            _metrics?.AuditFailed();
            if (_problem != e.Message) Failed(e.Message);
            _problem = e.Message;
            throw;
        }
        finally
        {
            _turn.Release();
        }

        OnWritten?.Invoke(_head);
        return _head;
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await Task.WhenAny(_writing, Task.Delay(Patience));
    }

    public void Dispose() => _queue.Writer.TryComplete();

    private async Task WriteAsync()
    {
        var batch = new List<WaitingRecord>();
        while (await _queue.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Count < MostAtOnce && _queue.Reader.TryRead(out var waiting))
                if (!waiting.IsAbandoned) batch.Add(waiting);
            if (batch.Count == 0) continue;
            var started = Stopwatch.GetTimestamp();
            AuditRecord[] records = [.. batch.Select(waiting => waiting.Record)];
            try
            {
                await AppendAsync(_ => records, CancellationToken.None);
                _metrics?.AuditFlushed(records.Length, Stopwatch.GetElapsedTime(started));
                foreach (var waiting in batch) waiting.Succeed();
            }
#pragma warning disable CA1031 // Whatever it was: those who wait are told, and the loop must not end.
            catch (Exception e)
#pragma warning restore CA1031
            {
                if (e is not AuditUnavailableException) Broken(e);
                foreach (var waiting in batch) waiting.Fail(e);
            }
        }
    }

    [LoggerMessage(9011, LogLevel.Error, "The audit trail cannot be written: {Problem}. Whatever would be recorded is not done")]
    private partial void Failed(string problem);

    [LoggerMessage(9012, LogLevel.Information, "The audit trail can be written again: {Place}")]
    private partial void Mended(string place);

    [LoggerMessage(9013, LogLevel.Error, "The writer of the audit trail failed")]
    private partial void Broken(Exception exception);
}
