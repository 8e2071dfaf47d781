namespace Sallyport.Gateway.Keys;

/// <summary>The ring in the memory of this process: it ends with it.</summary>
internal sealed class MemoryKeyStore(TimeProvider clock) : IKeyStore
{
    private readonly Lock _lock = new();
    private long _epoch;
    private ReadOnlyMemory<byte>? _document;
    private KeyLease? _lease;
    private DateTimeOffset _leaseEnd;
    private long _fence;
    private Action? _listeners;

    public string Place => "the memory of this process";

    private DateTimeOffset Now => DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds());

    public Task<StoredRing> ReadAsync(CancellationToken cancellation)
    {
        lock (_lock) return Task.FromResult(new StoredRing(_epoch, _document, Now));
    }

    public Task<KeyLease?> TakeLeaseAsync(TimeSpan duration, CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (_lease is not null && Now < _leaseEnd) return Task.FromResult<KeyLease?>(null);
            _lease = new KeyLease(Guid.NewGuid().ToString("N"), ++_fence);
            _leaseEnd = Now + duration;
            return Task.FromResult<KeyLease?>(_lease);
        }
    }

    public Task<bool> WriteAsync(KeyLease lease, long expectedEpoch, long newEpoch, ReadOnlyMemory<byte> document, CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (_lease != lease || Now >= _leaseEnd || _epoch != expectedEpoch || newEpoch <= expectedEpoch) return Task.FromResult(false);
            (_epoch, _document) = (newEpoch, document.ToArray());
        }

        _listeners?.Invoke();
        return Task.FromResult(true);
    }

    public Task ReleaseAsync(KeyLease lease, CancellationToken cancellation)
    {
        lock (_lock)
            if (_lease == lease) _lease = null;
        return Task.CompletedTask;
    }

    public void Listen(Action onHint) => _listeners += onHint;
}
