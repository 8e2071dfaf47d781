using System.Collections.Immutable;

namespace Sallyport.Gateway.Keys;

/// <summary>All keys of one issuer, immutable. Every change is a new ring; whoever stores it gives it the next epoch.</summary>
/// <remarks>
/// <code>
///   (made) -> prepared -> active -> retired -> (gone)
///                 |          |         |
///                 +----------+---------+--> revoked, a tombstone -> (gone)
/// </code>
/// A state only ever moves to the right, in every replica's eyes: see <see cref="RingMerge"/>.
/// </remarks>
/// <param name="Issuer">The <c>iss</c> of what its keys sign.</param>
/// <param name="Epoch">Zero for one that was never stored.</param>
/// <param name="Keys">By age, the oldest first; each name once. In a store at most one is active; in what a replica has put together there may be more.</param>
internal sealed record KeyRing(string Issuer, long Epoch, ImmutableArray<RingKey> Keys)
{
    /// <summary>The most keys of one ring.</summary>
    public const int MaxKeys = 64;

    /// <summary>How long a tombstone outlives what it forbids: replicas' clocks differ.</summary>
    public static readonly TimeSpan TombstoneMargin = TimeSpan.FromHours(1);

    /// <summary>Of a ring out of a store, the key that is active, even at its end.</summary>
    public RingKey? Active => Keys.FirstOrDefault(key => key.State == KeyState.Active);

    /// <summary>The one that is to sign next; null for none.</summary>
    public RingKey? Prepared => Keys.Where(key => key.State == KeyState.Prepared).MinBy(key => key.ActivateAt);

    /// <summary>The key that signs now: of several active ones the one that verifiers have known longest.</summary>
    public RingKey? Signer(DateTimeOffset now) => Keys
        .Where(key => key.State == KeyState.Active && key.NotAfter > now)
        .OrderBy(key => key.ActivatedAt).ThenBy(key => key.KeyId, StringComparer.Ordinal)
        .FirstOrDefault();

    public static KeyRing Empty(string issuer) => new(issuer, 0, []);

    public static KeyRing Of(string issuer, long epoch, IEnumerable<RingKey> keys) =>
        new(issuer, epoch, [.. keys.OrderBy(key => key.PreparedAt).ThenBy(key => key.KeyId, StringComparer.Ordinal)]);

    public RingKey? Find(string keyId) => Keys.FirstOrDefault(key => string.Equals(key.KeyId, keyId, StringComparison.Ordinal));

    /// <summary>What a verifier may believe now: the JWK Set.</summary>
    public IEnumerable<RingKey> Published(DateTimeOffset now) =>
        Keys.Where(key => key.State is KeyState.Prepared || (key.State is KeyState.Active or KeyState.Retired && key.NotAfter > now));

    /// <summary>Whether nobody needs the entry any more: its last token has expired, or what its tombstone forbids.</summary>
    public static bool IsGone(RingKey key, DateTimeOffset now) => key.State switch
    {
        KeyState.Retired => key.NotAfter <= now,
        KeyState.Revoked => key.NotAfter + TombstoneMargin <= now,
        _ => false,
    };

    /// <exception cref="InvalidOperationException">The name is taken, the ring is full, or the key is in another state.</exception>
    public KeyRing Prepare(RingKey key)
    {
        if (key.State != KeyState.Prepared) throw new InvalidOperationException("Only a prepared key comes into the ring.");
        if (Find(key.KeyId) is not null) throw new InvalidOperationException("The ring has a key of that name.");
        if (Keys.Length >= MaxKeys) throw new InvalidOperationException($"The ring has {MaxKeys} keys already.");
        return Of(Issuer, Epoch, Keys.Add(key));
    }

    /// <summary>A prepared key signs from now on, and whatever signed before is retired: without its private half, which nobody needs any more.</summary>
    /// <exception cref="InvalidOperationException">It is not prepared.</exception>
    public KeyRing Activate(string keyId, DateTimeOffset now, TimeSpan life, bool isEmergency = false)
    {
        if (Find(keyId) is not { State: KeyState.Prepared }) throw new InvalidOperationException("Only a prepared key becomes active.");
        return Of(Issuer, Epoch, Keys.Select(key =>
            string.Equals(key.KeyId, keyId, StringComparison.Ordinal)
                ? key with { State = KeyState.Active, ActivatedAt = now, ActivateAt = key.ActivateAt < now ? key.ActivateAt : now, NotAfter = now + life, IsEmergency = isEmergency }
                : key.State == KeyState.Active ? Retired(key, now) : key));
    }

    /// <summary>What a workload's identity says of a key that may sign takes the place of what one said before.</summary>
    /// <exception cref="InvalidOperationException">It signs nothing any more, or there is no such key.</exception>
    public KeyRing Endorse(string keyId, string endorsement)
    {
        if (Find(keyId) is not { State: KeyState.Prepared or KeyState.Active } key) throw new InvalidOperationException("Only a key that may sign is endorsed.");
        return this with { Keys = Keys.Replace(key, key with { Endorsement = endorsement }) };
    }

    /// <summary>Forgets a key that signs nothing: a prepared one, or one that is gone.</summary>
    /// <exception cref="InvalidOperationException">It is active, or somebody may still need it.</exception>
    public KeyRing Drop(string keyId, DateTimeOffset now)
    {
        if (Find(keyId) is not { } key || !(key.State == KeyState.Prepared || IsGone(key, now))) throw new InvalidOperationException("The key is still needed.");
        return this with { Keys = Keys.Remove(key) };
    }

    /// <summary>Nobody believes it any more. What remains is the tombstone.</summary>
    /// <param name="keyId">Which.</param>
    /// <param name="now">The store's time.</param>
    /// <param name="reason">Why, for people.</param>
    /// <param name="isEmergency">Even the active one: its successor may not sign yet, and nothing does.</param>
    /// <exception cref="InvalidOperationException">It is the active one: another must be active first.</exception>
    public KeyRing Revoke(string keyId, DateTimeOffset now, string reason, bool isEmergency = false)
    {
        if (Find(keyId) is not { } key || (key.State == KeyState.Active && !isEmergency)) throw new InvalidOperationException("The active key is not revoked before it is replaced.");
        return key.State == KeyState.Revoked ? this : this with { Keys = Keys.Replace(key, Revoked(key, now, reason)) };
    }

    internal static RingKey Retired(RingKey key, DateTimeOffset now) => key with { State = KeyState.Retired, RetiredAt = now, Sealed = default };

    private static RingKey Revoked(RingKey key, DateTimeOffset now, string reason) =>
        key with { State = KeyState.Revoked, RevokedAt = now, RevokedReason = reason, Sealed = default, Endorsement = null };

    /// <summary>Names and states only.</summary>
    public override string ToString() => $"Ring {Issuer} epoch {Epoch}: {string.Join(", ", Keys)}";
}
