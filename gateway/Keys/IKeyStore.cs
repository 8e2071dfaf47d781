namespace Sallyport.Gateway.Keys;

/// <summary>Where the ring lies. It knows nothing of what is in it: bytes and an epoch, a lease, and its own clock.</summary>
/// <remarks>Every operation is bounded in time, and throws <see cref="KeyStoreAwayException"/> where the store does not do it.</remarks>
internal interface IKeyStore
{
    /// <summary>What to call it before people.</summary>
    string Place { get; }

    /// <summary>What lies there now.</summary>
    Task<StoredRing> ReadAsync(CancellationToken cancellation);

    /// <summary>The lease, from now for so long by the store's clock; null while another attempt has it.</summary>
    Task<KeyLease?> TakeLeaseAsync(TimeSpan duration, CancellationToken cancellation);

    /// <summary>Puts a document in the place of what has <paramref name="expectedEpoch"/>, and tells all who listen.</summary>
    /// <returns>False, and nothing is changed, when the lease is over or not the newest, or something else lies there now.</returns>
    Task<bool> WriteAsync(KeyLease lease, long expectedEpoch, long newEpoch, ReadOnlyMemory<byte> document, CancellationToken cancellation);

    /// <summary>Ends this lease, and no other.</summary>
    Task ReleaseAsync(KeyLease lease, CancellationToken cancellation);

    /// <summary>Calls <paramref name="onHint"/> when the ring may have changed, as far as the store can tell. It must not block or throw.</summary>
    void Listen(Action onHint);
}
