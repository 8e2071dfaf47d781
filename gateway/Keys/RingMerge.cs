using Sallyport.Gateway.Identity;

namespace Sallyport.Gateway.Keys;

/// <summary>What two replicas know, put together. The store may lose its latest writes; what was revoked stays revoked all the same.</summary>
internal static class RingMerge
{
    /// <summary>
    /// Whether <paramref name="ring"/> keeps all that <paramref name="other"/> says: no state that moved back, no expiry that came nearer, and
    /// nothing missing but what nobody needs. A prepared key may be missing: it never signed.
    /// </summary>
    public static bool Covers(KeyRing ring, KeyRing other, DateTimeOffset now)
    {
        foreach (var known in other.Keys)
        {
            if (ring.Find(known.KeyId) is not { } kept)
            {
                if (known.State != KeyState.Prepared && !IsOver(known, now)) return false;
            }
            else if (kept.State < known.State || (known.State != KeyState.Prepared && kept.NotAfter < known.NotAfter))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>One entry a name: the later expiry, the further state, so revoked if either says so; without what is gone.</summary>
    /// <remarks>
    /// Two keys may be active in it: which of them goes on is decided when it is written, see <see cref="Settle"/>. What one replica only
    /// thinks would otherwise count as known. The epoch is the greater of the two: whoever writes the merge gives it one above both.
    /// </remarks>
    public static KeyRing Merge(KeyRing a, KeyRing b, DateTimeOffset now)
    {
        var (newer, older) = a.Epoch >= b.Epoch ? (a, b) : (b, a);
        var merged = new List<RingKey>();
        foreach (var key in newer.Keys) merged.Add(older.Find(key.KeyId) is { } other ? Merge(key, other) : key);
        merged.AddRange(older.Keys.Where(key => newer.Find(key.KeyId) is null));
        merged.RemoveAll(key => IsOver(key, now));

        // Too many of them is no state that rotation comes to; then what is forbidden is worth more than what is old.
        var kept = merged
            .OrderBy(key => key.State switch { KeyState.Active => 0, KeyState.Revoked => 1, KeyState.Prepared => 2, _ => 3 })
            .Take(KeyRing.MaxKeys);
        return KeyRing.Of(newer.Issuer, newer.Epoch, kept);
    }

    /// <summary>The ring with one active key: the others are retired.</summary>
    public static KeyRing Settle(KeyRing ring, DateTimeOffset now)
    {
        var signer = ring.Signer(now);
        return KeyRing.Of(ring.Issuer, ring.Epoch, ring.Keys.Select(key => key.State == KeyState.Active && key != signer ? KeyRing.Retired(key, now) : key));
    }

    private static bool IsOver(RingKey key, DateTimeOffset now) => KeyRing.IsGone(key, now) || (key.State == KeyState.Active && key.NotAfter <= now);

    private static RingKey Merge(RingKey newer, RingKey older)
    {
        var further = newer.State >= older.State ? newer : older;
        var mayStillSign = further.State is KeyState.Prepared or KeyState.Active;
        return further with
        {
            PreparedAt = newer.PreparedAt < older.PreparedAt ? newer.PreparedAt : older.PreparedAt,
            ActivateAt = newer.State == older.State ? Later(newer.ActivateAt, older.ActivateAt) : further.ActivateAt,
            ActivatedAt = Earlier(newer.ActivatedAt, older.ActivatedAt),
            RetiredAt = Earlier(newer.RetiredAt, older.RetiredAt),
            RevokedAt = Earlier(newer.RevokedAt, older.RevokedAt),
            RevokedReason = newer.RevokedAt <= (older.RevokedAt ?? DateTimeOffset.MaxValue) ? newer.RevokedReason : older.RevokedReason,
            // What a prepared key says of its end is a plan, and no token relies on it.
            NotAfter = (newer.State, older.State) switch
            {
                (KeyState.Prepared, not KeyState.Prepared) => older.NotAfter,
                (not KeyState.Prepared, KeyState.Prepared) => newer.NotAfter,
                _ => Later(newer.NotAfter, older.NotAfter),
            },
            IsEmergency = newer.IsEmergency || older.IsEmergency,
            Endorsement = further.State == KeyState.Revoked ? null : Latest(newer.Endorsement, older.Endorsement),
            Sealed = !mayStillSign ? default : newer.Sealed.IsEmpty ? older.Sealed : newer.Sealed,
        };
    }

    // Of two of one second either serves; all replicas choose the same.
    private static string? Latest(string? one, string? other)
    {
        if (one is null || other is null) return one ?? other;
        var (time, otherTime) = (Endorsement.TimeOf(one), Endorsement.TimeOf(other));
        return time > otherTime || (time == otherTime && string.CompareOrdinal(one, other) >= 0) ? one : other;
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) => one is null ? other : other is null || one < other ? one : other;
}
