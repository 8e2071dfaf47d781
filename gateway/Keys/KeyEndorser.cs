using Sallyport.Gateway.Audit;
using Sallyport.Gateway.Identity;

namespace Sallyport.Gateway.Keys;

/// <summary>What this workload's identity has to do with the keys of the ring: it vouches for them, and looks at what other replicas' identities said.</summary>
/// <remarks>
/// What lies in the ring counts here only if it was signed by the very SPIFFE ID that this process has, under the trust bundle that this process got.
/// An endorsement is renewed by whoever has the lease and a document that ends later, once two thirds of the time are over that the old one has.
/// </remarks>
internal sealed class KeyEndorser(KeyRingOptions options, AuditTrail audit, OwnIdentity? identity = null, EndorsementArchive? archive = null)
{
    // Where replicas' trust bundles differ for a moment, one must not undo at once what another has just done.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Judged> _judged = new(StringComparer.Ordinal);
    private readonly HashSet<string> _kept = new(StringComparer.Ordinal);

    /// <summary>Why no key can come into being here; null where one can.</summary>
    public string? Lack => options.IsEndorsementRequired && identity?.Current is null
        ? $"Sallyport.Identity.Required asks for keys that this workload's SPIFFE identity endorses, and there is no identity: {identity?.Problem ?? "none was read yet"}"
        : null;

    /// <summary>Whether a key that is made now could sign at once.</summary>
    public bool MayIssue => Lack is null;

    /// <summary>Calls <paramref name="onChange"/> when there may be more to endorse, or something to endorse with. It must not block or throw.</summary>
    public void Listen(Action onChange) => identity?.Listen(onChange);

    /// <summary>Whether the key may sign here.</summary>
    public bool MaySign(RingKey key, DateTimeOffset now) => !options.IsEndorsementRequired || Judge(key, now) is null;

    /// <summary>What an operator should know of the key's endorsement; null while all is well, and where there is no identity to compare it with.</summary>
    public string? Concern(RingKey key, DateTimeOffset now) => identity is null || (identity.Current is null && !options.IsEndorsementRequired) ? null : Judge(key, now);

    /// <summary>Whether our own identity should vouch for the key now.</summary>
    public bool IsDue(RingKey key, DateTimeOffset now)
    {
        if (key.State is not (KeyState.Prepared or KeyState.Active) || identity?.Current is not { Svid: var svid } own) return false;
        var end = EndorsementWriter.EndOf(svid, key.NotAfter);
        if (now >= end) return false;
        if (key.Endorsement is not { } text) return true;
        var judged = Read(key, text, own);
        if (judged.Read is not { } read) return true;
        if (judged.Problem is not null)
        {
            // Somebody else's word stands while it lasts: two identities would contradict each other for ever.
            if (read.SpiffeId != svid.Id.ToString()) return now >= read.Expires;
            return now >= read.IssuedAt + Patience || now >= read.Expires;
        }

        return end > read.Expires && now >= read.RenewAt;
    }

    /// <summary>Our identity's word for the key, from now to the end of the key or of the identity document, whichever is earlier.</summary>
    /// <returns>Null where there is no identity that could.</returns>
    public string? Endorse(RingKey key, DateTimeOffset now) =>
        identity?.Current is { Svid: var svid } && now < EndorsementWriter.EndOf(svid, key.NotAfter)
            ? EndorsementWriter.Write(svid, options.Issuer, key.Public, key.KeyId, now, key.NotAfter)
            : null;

    /// <summary>Keeps the key's endorsement: told in the audit trail, and then in the archive, before anything is signed under it.</summary>
    /// <returns>Why it could not be kept, as a clause; null when it is.</returns>
    public async ValueTask<string?> KeepAsync(RingKey key, DateTimeOffset now, CancellationToken cancellation)
    {
        if (key.Endorsement is not { } text) return null;
        lock (_lock)
            if (_kept.Contains(text)) return null;
        try
        {
            // What is not even one is no proof of anything, and is told of by those who look at it.
            if (Endorsement.Read(text, out _) is { } read && archive?.Has(key.Public.Thumbprint, read.Hash) != true)
            {
                var record = new AuditRecord
                {
                    Event = AuditEvent.KeyEndorsed,
                    Time = now,
                    Actor = "rotation",
                    KeyId = key.KeyId,
                    Hash = read.Hash,
                    SpiffeId = read.SpiffeId,
                    Expires = read.LeafNotAfter,
                };
                await audit.RecordAsync(record, cancellation);
                archive?.Keep(key.Public.Thumbprint, read);
            }
        }
        catch (AuditUnavailableException e)
        {
            return $"the endorsement of key {key.KeyId} cannot be recorded: {e.Message}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"the endorsement of key {key.KeyId} cannot be archived: {e.Message}";
        }

        lock (_lock)
        {
            if (_kept.Count > 4 * KeyRing.MaxKeys) _kept.Clear();
            _kept.Add(text);
        }

        return null;
    }

    /// <returns>Why the key has no endorsement that counts here, as a clause; null when it has one.</returns>
    private string? Judge(RingKey key, DateTimeOffset now)
    {
        if (key.Endorsement is not { } text) return $"key {key.KeyId} has no endorsement by this workload's identity{(identity?.Problem is { } why ? $": {why}" : "")}";
        if (identity?.Current is not { } own)
            return $"the endorsement of key {key.KeyId} cannot be checked: there is no identity here to compare it with{(identity?.Problem is { } problem ? $": {problem}" : "")}";
        var judged = Read(key, text, own);
        if (judged.Problem is not null) return $"the endorsement of key {key.KeyId} does not count: {judged.Problem}";
        return now >= judged.Read!.Expires ? $"the endorsement of key {key.KeyId} ended at {judged.Read.Expires:u}" : null;
    }

    // Asked at every look, and the answer changes only with the text or our own identity.
    private Judged Read(RingKey key, string text, IdentitySnapshot own)
    {
        lock (_lock)
        {
            if (_judged.TryGetValue(text, out var known) && ReferenceEquals(known.By, own) && known.KeyId == key.KeyId) return known;
            var read = Endorsement.Read(text, out var problem);
            problem ??= read!.Check(options.Issuer, key.Public, key.KeyId, own.Bundles);
            if (problem is null && read!.SpiffeId != own.Svid.Id.ToString()) problem = $"it is by {read.SpiffeId}, and this workload is {own.Svid.Id}";
            if (_judged.Count > 4 * KeyRing.MaxKeys) _judged.Clear();
            return _judged[text] = new Judged(own, key.KeyId, read, problem);
        }
    }

    private sealed record Judged(IdentitySnapshot By, string KeyId, Endorsement? Read, string? Problem);
}
