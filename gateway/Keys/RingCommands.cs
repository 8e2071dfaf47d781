using System.Globalization;
using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Keys;

/// <summary>What an operator may do to the ring, each in one change. Every answer is null for done, or a sentence that says why not.</summary>
internal static class RingCommands
{
    private const string None = "There is no ring yet. A gateway makes it at its start.";

    /// <summary>A new key, published from now on. It signs when the schedule comes to it, or when it is activated.</summary>
    public static async ValueTask<(string? Problem, string? KeyId)> PrepareAsync(RingDraft draft, Algorithm algorithm, KeyRingOptions options, CancellationToken cancellation)
    {
        if (draft.Ring.Active is not { } active) return (None, null);
        if (draft.Ring.Prepared is { } other) return ($"Key {other.KeyId} is prepared already. Activate it, or retire it first.", null);
        if (draft.Ring.Keys.Length >= KeyRing.MaxKeys) return (Full, null);
        return (null, await draft.PrepareAsync(algorithm, Planned(active, draft.Now, options), isByOperator: true, cancellation));
    }

    /// <summary>A prepared key signs from now on: once verifiers had the time to see it, or at once in an emergency.</summary>
    public static string? Activate(RingDraft draft, string keyId, KeyRingOptions options, bool isEmergency)
    {
        if (draft.Ring.Find(keyId) is not { } key) return Unknown(draft.Ring, keyId);
        if (key.State != KeyState.Prepared) return $"Key {keyId} is {RingReader.NameOf(key.State)}; only a prepared one can be activated.";
        var earliest = key.PreparedAt + options.Lead;
        if (draft.Now < earliest && !isEmergency)
            return $"Key {keyId} was published at {Written(key.PreparedAt)}. Verifiers may keep a JWK Set without it until {Written(earliest)}: activate it then. "
                + "--emergency does not wait; until they fetch again, such verifiers refuse its tokens.";
        if (!draft.MayActivate(keyId))
            return $"Key {keyId} has no endorsement by this workload's identity that holds now, and Sallyport.Identity.Required asks for one. A gateway with an identity gives it one; not even --emergency does without.";
        draft.Activate(keyId, isEmergency && draft.Now < earliest, isEmergency ? "emergency" : null);
        return null;
    }

    /// <summary>A prepared key leaves the ring: it never signed.</summary>
    public static string? Retire(RingDraft draft, string keyId)
    {
        if (draft.Ring.Find(keyId) is not { } key) return Unknown(draft.Ring, keyId);
        switch (key.State)
        {
            case KeyState.Prepared:
                draft.Drop(keyId);
                return null;
            case KeyState.Active:
                return $"Key {keyId} signs. It is retired when another is activated: keys prepare, then keys activate.";
            default:
                return $"Key {keyId} is {RingReader.NameOf(key.State)} already.";
        }
    }

    /// <summary>Nobody believes the key any more. One that signs, or is to sign next, is replaced in the same change, which is an emergency.</summary>
    public static async ValueTask<(string? Problem, string? Replacement)> RevokeAsync(
        RingDraft draft, string keyId, string reason, KeyRingOptions options, bool isEmergency, CancellationToken cancellation)
    {
        string? replacement = null;
        if (draft.Ring.Find(keyId) is not { } key) return (Unknown(draft.Ring, keyId), null);
        if (key.State is KeyState.Active or KeyState.Prepared)
        {
            if (!isEmergency)
                return ($"Key {keyId} is {RingReader.NameOf(key.State)}, and must be replaced first: "
                    + (key.State == KeyState.Active ? "keys prepare, keys activate, and then revoke it. " : "retire it, or activate it and revoke it afterwards. ")
                    + "--emergency replaces and revokes it at once; until verifiers fetch again, they refuse tokens of the new key.", null);
            if (draft.Ring.Keys.Length >= KeyRing.MaxKeys) return (Full, null);
            var isActive = key.State == KeyState.Active;
            replacement = await draft.PrepareAsync(key.Algorithm, isActive ? draft.Now : Planned(draft.Ring.Active ?? key, draft.Now, options), key.IsByOperator, cancellation);
            // Without the endorsement that it must have it waits for one. The old key goes all the same: nothing signs until a gateway has given it.
            if (isActive && draft.MayActivate(replacement)) draft.Activate(replacement, isEmergency: true, reason: "emergency");
        }

        if (key.State != KeyState.Revoked) draft.Revoke(keyId, reason, isEmergency);
        return (null, replacement);
    }

    private const string Full = "The ring is full. Keys leave it as they end.";

    private static DateTimeOffset Planned(RingKey active, DateTimeOffset now, KeyRingOptions options)
    {
        var activatedAt = active.ActivatedAt ?? active.PreparedAt;
        var planned = activatedAt + ((active.NotAfter - activatedAt) / 6 * 5);
        return planned > now + options.Lead ? planned : now + options.Lead;
    }

    private static string Unknown(KeyRing ring, string keyId) =>
        ring.Keys.IsEmpty ? None : $"The ring has no key {keyId}. It has: {string.Join(", ", ring.Keys.Select(key => key.KeyId))}.";

    private static string Written(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
