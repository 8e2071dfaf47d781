using Sallyport.Gateway.Keys;
using Xunit.Sdk;

namespace Sallyport.Tests.Keys;

/// <summary>What must hold of a ring at every moment, written down independently of the code that makes it hold.</summary>
internal static class RingFacts
{
    private static readonly KeyRingOptions Options = SimulatedFleet.Options;

    /// <summary>What one write may make of what lay there.</summary>
    public static void CheckWrite(KeyRing before, KeyRing after, DateTimeOffset now, HashSet<string> everKnown)
    {
        try
        {
            CheckChange(before, after, now, everKnown);
        }
        catch (XunitException e)
        {
            throw new XunitException($"{e.Message}, at {now:HH:mm:ss.fff}\nbefore: {Written(before)}\nafter:  {Written(after)}", e);
        }
    }

    private static void CheckChange(KeyRing before, KeyRing after, DateTimeOffset now, HashSet<string> everKnown)
    {
        Require(after.Epoch > before.Epoch, "C6: the epoch did not grow");
        CheckMonotone(before, after, now, "the write");
        Require(after.Keys.Count(key => key.State == KeyState.Active) <= 1, "C1: two signing keys in one ring");
        Require(after.Active is not null || !HasSigner(before, now), "C8: a ring was left without a signing key");
        Require(after.Keys.Count(key => key.State == KeyState.Prepared) <= 2, "C2: more prepared keys than rotation makes");

        var made = after.Keys.Where(key => !everKnown.Contains(key.KeyId)).ToArray();
        Require(made.Length <= (before.Keys.Any(key => key.State != KeyState.Revoked) ? 2 : 1), "C11: more new keys than one change makes");
        foreach (var key in after.Keys.Where(key => key.State == KeyState.Active && before.Find(key.KeyId)?.State != KeyState.Active))
        {
            // By the time at which the writer read: a lease before.
            var read = key.ActivatedAt!.Value;
            if (before.Find(key.KeyId) is { State: KeyState.Prepared } prepared)
                Require(
                    read >= prepared.ActivateAt || read >= prepared.PreparedAt + Options.Lead || key.IsEmergency || !HasSigner(before, read),
                    "C4: a key signs before its time");
            else if (!everKnown.Contains(key.KeyId))
                Require(key.IsEmergency || !HasSigner(before, read), "C1: a key was made to sign at once where another did");
        }

        foreach (var key in after.Keys.Where(key => key.State == KeyState.Revoked && before.Find(key.KeyId) is { State: KeyState.Active }))
            Require(after.Active is { } active && active.KeyId != key.KeyId, "C8: the signing key was revoked and not replaced");
        foreach (var key in after.Keys)
            Require(key.State is KeyState.Prepared or KeyState.Active == !key.Sealed.IsEmpty, "C12: a private half where none is needed, or none where it is");
    }

    /// <summary>Nothing moves back, and nothing is missing that somebody may need.</summary>
    public static void CheckMonotone(KeyRing before, KeyRing after, DateTimeOffset now, string whose)
    {
        Require(after.Keys.Select(key => key.KeyId).Distinct(StringComparer.Ordinal).Count() == after.Keys.Length, "C3: one name twice");
        foreach (var old in before.Keys)
        {
            if (after.Find(old.KeyId) is not { } kept)
            {
                Require(old.State != KeyState.Revoked || old.NotAfter <= now, $"C9: {whose} forgot a revocation");
                Require(old.State is KeyState.Prepared or KeyState.Revoked || old.NotAfter <= now, $"C2: {whose} lost a key whose tokens are good");
                continue;
            }

            Require(kept.State >= old.State, old.State == KeyState.Revoked ? $"C9: {whose} believes a revoked key again" : $"C4: {whose} moved a key back");
            Require(old.State == KeyState.Prepared || kept.NotAfter >= old.NotAfter, $"C3: {whose} brought an expiry nearer");
        }
    }

    /// <summary>What one process may sign and publish with what it knows.</summary>
    public static void CheckReplica(SimulatedReplica replica, SimulatedStore store, DateTimeOffset now)
    {
        if (replica.Ring.Known is not { } known || replica.Keys.Current is not { } open) return;
        if (replica.Before is { } before && !ReferenceEquals(before, known)) CheckMonotone(before, known, now, "a replica");
        replica.Before = known;
        foreach (var key in known.Keys) Require(store.Names.Contains(key.KeyId), "C7: a replica knows a key that never lay in the store");

        var published = open.Published.Keys.Select(key => key.KeyId!).ToHashSet(StringComparer.Ordinal);
        foreach (var keyId in published)
            Require(known.Find(keyId) is { State: not KeyState.Revoked }, "C9: a replica publishes a key that it does not know, or knows to be revoked");
        if (open.Active is not { } active) return;
        Require(published.Contains(active.Key.KeyId), "C1: a replica signs with what it does not publish");
        Require(known.Find(active.Key.KeyId) is { State: KeyState.Active } signing && signing.NotAfter == active.NotAfter, "C4: a replica signs with a key that is not active, or beyond its end");
    }

    public static void Require(bool holds, string fact)
    {
        if (!holds) throw new XunitException(fact);
    }

    private static string Written(KeyRing ring) => $"epoch {ring.Epoch}" + string.Concat(ring.Keys.Select(key =>
        $"\n  {key.KeyId[..4]} {key.State} {key.Algorithm} made {key.PreparedAt:HH:mm:ss.fff} due {key.ActivateAt:HH:mm:ss.fff} active {key.ActivatedAt:HH:mm:ss.fff} ends {key.NotAfter:HH:mm:ss.fff}"
        + $"{(key.IsEmergency ? " emergency" : "")}{(key.IsByOperator ? " by operator" : "")}"));

    private static bool HasSigner(KeyRing ring, DateTimeOffset now) => ring.Active is { } active && active.NotAfter > now;
}
