using Sallyport.Gateway.Audit;

namespace Sallyport.Gateway.Keys;

/// <summary>Reads the ring in a store, and changes it in one step that nobody comes between. Rotation and verbs do it alike.</summary>
/// <remarks>
/// <code>
///   1  take the lease        before a key is made: of many replicas that start at once, one makes one
///   2  read again, decide    another may have done it meanwhile
///   3  announce              in the audit, durably: what is to become of which key
///   4  write                 if the lease is still ours and the epoch that was read still lies there
///   5  audit, release
/// </code>
/// Whoever crashes on the way, or cannot announce it, leaves the ring as it was.
/// </remarks>
/// <param name="options">The issuer, and how its keys live.</param>
/// <param name="store">Where the ring lies.</param>
/// <param name="maker">Where its private keys come from.</param>
/// <param name="secrets">Authenticate the ring.</param>
/// <param name="audit">What is told of changes.</param>
/// <param name="endorser">Vouches for its keys; null where nobody does.</param>
internal sealed class RingKeeper(KeyRingOptions options, IKeyStore store, IKeyMaker maker, KeyEncryptionKeys secrets, AuditTrail audit, KeyEndorser? endorser = null)
{
    // Longer than it takes a busy machine to make an RSA key of 4096 bits.
    private static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(15);

    private readonly RingDocument _document = new(secrets, options.Issuer);

    public IKeyMaker Maker => maker;

    public IKeyStore Store => store;

    /// <exception cref="KeyStoreAwayException">The store does not answer.</exception>
    public async Task<RingReading> ReadAsync(CancellationToken cancellation)
    {
        var stored = await store.ReadAsync(cancellation);
        if (stored.Document is not { } document) return new RingReading(stored, KeyRing.Empty(options.Issuer) with { Epoch = stored.Epoch }, null);
        return _document.TryRead(document.Span, stored.Epoch, out var ring, out var problem) ? new RingReading(stored, ring, null) : new RingReading(stored, null, problem);
    }

    /// <param name="known">What the caller knows of the ring: none of it is lost, even if the store has lost it; null for nothing.</param>
    /// <param name="actor">For the audit.</param>
    /// <param name="decide">Changes the draft, or says in a sentence why not.</param>
    /// <exception cref="AuditUnavailableException">The change cannot be announced, and was not made.</exception>
    /// <exception cref="KeyStoreAwayException">The store does not answer. If it was writing, whether it did is not known.</exception>
    public async Task<RingOutcome> ChangeAsync(KeyRing? known, string actor, Func<RingDraft, ValueTask<string?>> decide, CancellationToken cancellation)
    {
        if (await store.TakeLeaseAsync(LeaseTime, cancellation) is not { } lease) return new(RingOutcomeKind.Busy, null, default, null);
        try
        {
            var (stored, ring, problem) = await ReadAsync(cancellation);
            if (ring is null) return new(RingOutcomeKind.Refused, null, stored.Now, $"What lies in {store.Place} is not the ring of this issuer: {problem}.");

            var draft = new RingDraft(ring, stored.Now, actor, options, maker, audit, endorser);
            if (known is not null && !IsNewer(ring, known, stored.Now)) draft.Restore(RingMerge.Settle(RingMerge.Merge(known, ring, stored.Now), stored.Now));
            if (await decide(draft) is { } refusal) return new(RingOutcomeKind.Refused, ring, stored.Now, refusal);
            if (!draft.IsChanged) return new(RingOutcomeKind.Unchanged, ring, stored.Now, null);

            var next = draft.Ring with { Epoch = Math.Max(Math.Max(stored.Epoch, ring.Epoch), draft.Ring.Epoch) + 1 };
            await audit.RecordAsync(draft.Announcement, cancellation);
            if (!await store.WriteAsync(lease, stored.Epoch, next.Epoch, _document.Write(next), cancellation)) return new(RingOutcomeKind.Busy, null, stored.Now, null);
            return new(RingOutcomeKind.Written, next, stored.Now, await TellAsync(draft.Records, cancellation));
        }
        finally
        {
            await ReleaseAsync(lease);
        }
    }

    /// <summary>A change that is decided without waiting for anything.</summary>
    public Task<RingOutcome> ChangeAsync(KeyRing? known, string actor, Func<RingDraft, string?> decide, CancellationToken cancellation) =>
        ChangeAsync(known, actor, draft => ValueTask.FromResult(decide(draft)), cancellation);

    /// <summary>Whether a ring that was read may take the place of what is known.</summary>
    public static bool IsNewer(KeyRing read, KeyRing known, DateTimeOffset now) => read.Epoch >= known.Epoch && RingMerge.Covers(read, known, now);

    /// <returns>Why not all is told, as a sentence: the change is made, and announced.</returns>
    private async Task<string?> TellAsync(IReadOnlyList<AuditRecord> records, CancellationToken cancellation)
    {
        try
        {
            foreach (var record in records) await audit.RecordAsync(record, cancellation);
            return null;
        }
        catch (AuditUnavailableException e)
        {
            return $"The ring is changed, and the audit trail has only that it was about to be: {e.Message}.";
        }
    }

    private async Task ReleaseAsync(KeyLease lease)
    {
        try
        {
            await store.ReleaseAsync(lease, CancellationToken.None);
        }
        catch (KeyStoreAwayException)
        {
            // It ends by itself.
        }
    }
}
