namespace Sallyport.Gateway.Audit;

/// <summary>Opens the trail when the process starts, has checkpoints signed, and looks from time to time what others recorded.</summary>
/// <remarks>
/// A checkpoint is due <see cref="AuditOptions.CheckpointEvery"/> records after the last one, and <see cref="AuditOptions.CheckpointAfter"/> after this process first saw a
/// record that none covers. It is signed outside of the trail's lock: whoever comes with one that covers no more than what is there already leaves it.
/// Without a key, there is none, and it is tried again.
/// </remarks>
internal sealed partial class TrailKeeper(
    AuditOptions options, TrailWriter writer, TimeProvider clock, ILogger<TrailKeeper> logger, ICheckpointSigner? signer = null) : IHostedService, IDisposable
{
    private static readonly TimeSpan SignTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _wake = new(0, 1);
    private Task? _running;
    private long _unsettledSince;
    private long _lookedAt;
    private long _failedAt;
    private bool _isDisposed;

    /// <exception cref="InvalidOperationException">The directory cannot be used.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        writer.OnWritten = Written;
        try
        {
            await LookAsync(cancellationToken);
            Opened(writer.Store.Place, writer.Head!.Count);
            if (writer.Store.Durability is { } durability) Durable(durability);
        }
        catch (AuditUnavailableException e) when (options.Sink == AuditSinkKind.File)
        {
            throw new InvalidOperationException($"The audit trail cannot be used: {e.Message}. See Sallyport.Audit.Directory.", e);
        }
        catch (AuditUnavailableException)
        {
            // The writer has told. Nothing is issued before it is there.
        }

        _running = Task.Run(RunAsync, CancellationToken.None);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        if (_running is { } running) await Task.WhenAny(running, Task.Delay(StopTimeout, cancellationToken));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StopTimeout);
        if (writer is { Problem: null, Head: { IsSettled: false } head }) await TrySignAsync(head, limit.Token);
    }

    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        _stopping.Cancel();
        _stopping.Dispose();
        _wake.Dispose();
    }

    private async Task RunAsync()
    {
        var pause = TimeSpan.FromMilliseconds(Math.Clamp(options.CheckpointAfter.TotalMilliseconds / 4, 50, 5000));
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await _wake.WaitAsync(pause, _stopping.Token);
                var isTroubled = writer.Problem is not null;
                if (clock.GetElapsedTime(_lookedAt) >= (isTroubled && RetryPause < options.CheckpointAfter ? RetryPause : options.CheckpointAfter)) await LookAsync(_stopping.Token);
                if (writer is { Problem: null, Head: { } head } && IsDue(head)) await TrySignAsync(head, _stopping.Token);
            }
            catch (AuditUnavailableException)
            {
                // Told by the writer, and looked at again.
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Whatever the signer throws: the loop must not end.
            catch (Exception e)
#pragma warning restore CA1031
            {
                _failedAt = clock.GetTimestamp();
                Unsigned(e);
            }
        }
    }

    private async Task LookAsync(CancellationToken cancellation)
    {
        _lookedAt = clock.GetTimestamp();
        await writer.AppendAsync(_ => [], cancellation);
    }

    private bool IsDue(TrailHead head)
    {
        if (head.IsSettled)
        {
            _unsettledSince = 0;
            return false;
        }

        if (_unsettledSince == 0) _unsettledSince = clock.GetTimestamp();
        if (_failedAt != 0 && clock.GetElapsedTime(_failedAt) < RetryPause) return false;
        return IsFull(head) || clock.GetElapsedTime(_unsettledSince) >= options.CheckpointAfter;
    }

    private bool IsFull(TrailHead head) => head.Count - head.Covered >= options.CheckpointEvery;

    private async Task TrySignAsync(TrailHead head, CancellationToken cancellation)
    {
        if (signer?.KeyId is not { } keyId) return;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(SignTimeout);
        string? checkpoint = null;
        try
        {
            checkpoint = await signer.SignAsync(CheckpointText.Type, CheckpointText.Payload(options.Issuer, head, clock.GetUtcNow()), limit.Token);
        }
        catch (OperationCanceledException)
        {
            // Later.
        }

        if (checkpoint is null)
        {
            _failedAt = clock.GetTimestamp();
            return;
        }

        var record = new AuditRecord { Event = AuditEvent.Checkpoint, Time = clock.GetUtcNow(), KeyId = KeyIdOf(checkpoint) ?? keyId, Checkpoint = checkpoint };
        try
        {
            await writer.AppendAsync(end => end.Covered >= head.Count || end.Trail != head.Trail ? [] : [record], limit.Token);
            (_unsettledSince, _failedAt) = (0, 0);
        }
        catch (Exception e) when (e is AuditUnavailableException or OperationCanceledException)
        {
            _failedAt = clock.GetTimestamp();
        }
    }

    // It may have become another key's turn while this one was asked for.
    private static string? KeyIdOf(string checkpoint) => Tokens.CompactJws.TryParse(checkpoint, TrailLine.MaxBytes, out var jws, out _) ? jws.Header.KeyId : null;

    private void Written(TrailHead head)
    {
        if (!IsFull(head)) return;
        try
        {
            if (_wake.CurrentCount == 0) _wake.Release();
        }
        catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
        {
            // Somebody else woke it, or nobody need wake it any more.
        }
    }

    [LoggerMessage(9021, LogLevel.Information, "The audit trail is in {Place}, with {Count} records")]
    private partial void Opened(string place, long count);

    [LoggerMessage(9022, LogLevel.Warning, "The audit trail: {Durability}")]
    private partial void Durable(string durability);

    [LoggerMessage(9023, LogLevel.Error, "A checkpoint of the audit trail could not be signed; it is tried again")]
    private partial void Unsigned(Exception exception);
}
