using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Keys;

/// <summary>The states of keys that somebody else makes: a pure function of what is known, the SVID at hand, the time and the options.</summary>
/// <remarks>
/// <code>
///   SVID 1   |== active ===================|- retired -| notAfter
///   SVID 2            |- prepared: lead ---|== active ==============
///                     renewed
/// </code>
/// A renewed key is published for <see cref="KeyRingOptions.Lead"/> before it signs, if its predecessor lives that long; else it signs at once, which verifiers
/// may notice, and is told as an emergency. Nothing outlives its certificate.
/// </remarks>
internal static class SpiffeRotation
{
    /// <param name="ring">What is known.</param>
    /// <param name="offered">The SVID's key and the end of its certificate; null for none.</param>
    /// <param name="now">The time.</param>
    /// <param name="options">The lead.</param>
    public static KeyAction Next(KeyRing ring, (Jwk Key, DateTimeOffset NotAfter)? offered, DateTimeOffset now, KeyRingOptions options)
    {
        var signer = ring.Signer(now);
        foreach (var key in ring.Keys)
            if (KeyRing.IsGone(key, now) || (key.State == KeyState.Prepared && key.NotAfter <= now))
                return new(KeyActionKind.Drop, key.KeyId);
        if (offered is { } svid && svid.NotAfter > now && ring.Find(svid.Key.KeyId!) is null && ring.Keys.Length < KeyRing.MaxKeys)
        {
            var isInTime = signer is not null && signer.NotAfter > now + options.Lead + options.Poll;
            return new(KeyActionKind.Prepare, ActivateAt: isInTime ? now + options.Lead : now);
        }

        var next = ring.Keys.Where(key => key.State == KeyState.Prepared).OrderBy(key => key.ActivateAt).ThenByDescending(key => key.NotAfter).FirstOrDefault();
        if (next is not null && (next.ActivateAt <= now || signer is null)) return new(KeyActionKind.Activate, next.KeyId);
        return new(KeyActionKind.Nothing, LookAgain: next?.ActivateAt ?? now + options.Poll);
    }

    /// <summary>The key as it comes into the ring.</summary>
    public static RingKey Entry(Jwk key, DateTimeOffset notAfter, DateTimeOffset now, DateTimeOffset activateAt) => new()
    {
        Public = key,
        State = KeyState.Prepared,
        PreparedAt = now,
        ActivateAt = activateAt,
        NotAfter = notAfter,
    };

    /// <summary>A new certificate for a key that is known: it lives as long as that says.</summary>
    public static KeyRing Prolonged(KeyRing ring, string keyId, DateTimeOffset notAfter) =>
        ring.Find(keyId) is { State: KeyState.Prepared or KeyState.Active } key && key.NotAfter < notAfter
            ? ring with { Keys = ring.Keys.Replace(key, key with { NotAfter = notAfter }) }
            : ring;
}
