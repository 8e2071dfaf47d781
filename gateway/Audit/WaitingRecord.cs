namespace Sallyport.Gateway.Audit;

/// <summary>A record on its way to the disk, and somebody who waits for it.</summary>
internal sealed class WaitingRecord(AuditRecord record)
{
    private readonly TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isAbandoned;

    public AuditRecord Record => record;

    /// <summary>Completes when the record is durable, or is not going to be.</summary>
    public Task Written => _written.Task;

    /// <summary>Nobody waits any more: it need not be written.</summary>
    public bool IsAbandoned => _isAbandoned;

    public void Abandon() => _isAbandoned = true;

    public void Succeed() => _written.TrySetResult();

    /// <remarks>Each who waits gets an exception of its own: they are thrown on several threads.</remarks>
    public void Fail(Exception why)
    {
        _written.TrySetException(new AuditUnavailableException(why is AuditUnavailableException ? why.Message : "the writer of the audit trail failed", why));
        // Whoever gave up before does not look.
        _ = _written.Task.Exception;
    }
}
