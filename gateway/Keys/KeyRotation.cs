using System.Runtime.InteropServices;

namespace Sallyport.Gateway.Keys;

/// <summary>The schedule of the ring: a pure function of what is known, the store's time and the options.</summary>
/// <remarks>
/// <code>
///   life L of a key:  0 ............ L/2 ............... 5L/6 ............ L
///                     active         successor prepared  successor active  notAfter: gone
///                                    [------ lead -----] at least
/// </code>
/// The lead is <see cref="KeyRingOptions.Lead"/>: verifiers and replicas have seen a key before it signs.
/// </remarks>
internal static class KeyRotation
{
    /// <param name="ring">What is known.</param>
    /// <param name="now">The store's time.</param>
    /// <param name="options">How long keys live, and which are wanted.</param>
    /// <param name="endorser">What our identity can do, and whether a key must have an endorsement before it signs; null for none and no.</param>
    public static KeyAction Next(KeyRing ring, DateTimeOffset now, KeyRingOptions options, KeyEndorser? endorser = null)
    {
        foreach (var key in ring.Keys)
            if (KeyRing.IsGone(key, now))
                return new(KeyActionKind.Drop, key.KeyId);
        if (endorser is not null && ring.Keys.FirstOrDefault(key => endorser.IsDue(key, now)) is { } due) return new(KeyActionKind.Endorse, due.KeyId);
        if (ring.Signer(now) is not { } active) return Replace(ring, now, options, endorser);
        if (Superfluous(ring, now, options) is { } dropped) return new(KeyActionKind.Drop, dropped.KeyId);
        if (ring.Prepared is not { } prepared) return Successor(ring, active, now, options);
        if (prepared.ActivateAt > now) return Nothing(ring, now, prepared.ActivateAt);
        return MaySign(prepared, now, endorser) ? new(KeyActionKind.Activate, prepared.KeyId) : Nothing(ring, now, now + options.Poll);
    }

    // Nothing can sign: what verifiers may have seen is better than what they cannot, whenever it was to sign.
    private static KeyAction Replace(KeyRing ring, DateTimeOffset now, KeyRingOptions options, KeyEndorser? endorser)
    {
        var prepared = ring.Keys.Where(key => key.State == KeyState.Prepared).OrderBy(key => !IsWanted(key, options)).ThenBy(key => key.ActivateAt).ToArray();
        if (Array.Find(prepared, key => MaySign(key, now, endorser)) is { } next) return new(KeyActionKind.Activate, next.KeyId);
        // One that waits for its endorsement is enough: it is no reason to make another.
        return prepared.Length == 0 && endorser is null or { MayIssue: true } ? new(KeyActionKind.Issue) : Nothing(ring, now, now + options.Poll);
    }

    private static bool MaySign(RingKey key, DateTimeOffset now, KeyEndorser? endorser) => endorser is null || endorser.MaySign(key, now);

    // Of two prepared keys the later one, and one of an algorithm that is no longer wanted. That one only after the lead: while replicas of two
    // configurations run side by side, each would drop at once what the other has just prepared.
    private static RingKey? Superfluous(KeyRing ring, DateTimeOffset now, KeyRingOptions options)
    {
        var first = ring.Prepared;
        return ring.Keys.FirstOrDefault(key => key.State == KeyState.Prepared && (key != first || (!IsWanted(key, options) && key.PreparedAt + options.Lead <= now)));
    }

    private static KeyAction Successor(KeyRing ring, RingKey active, DateTimeOffset now, KeyRingOptions options)
    {
        var activatedAt = active.ActivatedAt ?? active.PreparedAt;
        var life = active.NotAfter - activatedAt;
        var (prepareAt, planned) = IsWanted(active, options) ? (activatedAt + (life / 2), activatedAt + (life / 6 * 5)) : (now, now);
        if (now < prepareAt) return Nothing(ring, now, prepareAt);
        var earliest = now + options.Lead;
        return new(KeyActionKind.Prepare, ActivateAt: planned > earliest ? planned : earliest);
    }

    private static bool IsWanted(RingKey key, KeyRingOptions options) =>
        key.IsByOperator || string.Equals(key.Algorithm.Name, options.Algorithm, StringComparison.Ordinal);

    private static KeyAction Nothing(KeyRing ring, DateTimeOffset now, DateTimeOffset next)
    {
        foreach (ref readonly var key in ImmutableCollectionsMarshal.AsArray(ring.Keys).AsSpan())
        {
            var end = key.State == KeyState.Revoked ? key.NotAfter + KeyRing.TombstoneMargin : key.NotAfter;
            if (key.State != KeyState.Prepared && end > now && end < next) next = end;
        }

        return new(KeyActionKind.Nothing, LookAgain: next);
    }
}
