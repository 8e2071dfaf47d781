using Sallyport.Gateway.Audit;
using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Keys;

/// <summary>A ring while it is changed, under the lease: what becomes of it, and what the audit will tell of that once it is written.</summary>
/// <param name="ring">As it was read.</param>
/// <param name="now">By the clock of the store.</param>
/// <param name="actor"><c>rotation</c> or <c>operator</c>.</param>
/// <param name="options">How long keys live.</param>
/// <param name="maker">Where new ones come from.</param>
/// <param name="audit">What must be told at once goes there.</param>
/// <param name="endorser">Vouches for new keys; null where nobody does.</param>
internal sealed class RingDraft(
    KeyRing ring, DateTimeOffset now, string actor, KeyRingOptions options, IKeyMaker maker, AuditTrail audit, KeyEndorser? endorser = null)
{
    private readonly List<AuditRecord> _records = [];

    public KeyRing Ring { get; private set; } = ring;

    public DateTimeOffset Now => now;

    public bool IsChanged { get; private set; }

    public IReadOnlyList<AuditRecord> Records => _records;

    /// <summary>What the audit has before the ring is written: all that the other records will tell, in short.</summary>
    public AuditRecord Announcement => new()
    {
        Event = AuditEvent.KeysChanging,
        Time = now,
        Actor = actor,
        Reason = _records.Select(record => record.Reason).OfType<string>().LastOrDefault(),
        Detail = _records.Count == 0 ? "endorsements" : string.Join("; ", _records.Select(record => record.KeyId is null ? record.Event : $"{record.Event} {record.KeyId}")),
    };

    /// <summary>Does what the schedule says, until it has nothing to say.</summary>
    public async ValueTask RotateAsync(CancellationToken cancellation)
    {
        // Each action leaves fewer to do; the bound is for what nobody thought of.
        for (var i = 0; i < 2 * KeyRing.MaxKeys; i++)
        {
            var action = KeyRotation.Next(Ring, now, options, endorser);
            switch (action.Kind)
            {
                case KeyActionKind.Nothing:
                    return;
                case KeyActionKind.Drop:
                    Drop(action.KeyId!);
                    break;
                case KeyActionKind.Activate:
                    Activate(action.KeyId!);
                    break;
                case KeyActionKind.Prepare:
                    await PrepareAsync(Wanted, action.ActivateAt, isByOperator: false, cancellation);
                    break;
                case KeyActionKind.Issue:
                    var made = await PrepareAsync(Wanted, now, isByOperator: false, cancellation);
                    // Not even so: the schedule says when.
                    if (!MayActivate(made)) return;
                    Activate(made);
                    break;
                case KeyActionKind.Endorse:
                    if (!Endorse(action.KeyId!)) return;
                    break;
            }
        }
    }

    /// <summary>A new key, published from now on.</summary>
    /// <returns>Its name.</returns>
    public async ValueTask<string> PrepareAsync(Algorithm algorithm, DateTimeOffset activateAt, bool isByOperator, CancellationToken cancellation)
    {
        // A key that a remote service makes stays there: while nothing can be recorded, none is asked for.
        if (audit.Problem is not null) await audit.RecordAsync(new AuditRecord { Event = AuditEvent.KeysChanging, Time = now, Actor = actor, Detail = "a key is about to be made" }, cancellation);
        var made = await maker.MakeAsync(algorithm, cancellation);
        // At once, whatever becomes of it: a private key that somebody made is never made in silence.
        await audit.RecordAsync(new AuditRecord { Event = AuditEvent.KeyGenerated, Time = now, Actor = actor, KeyId = made.Public.KeyId }, cancellation);
        var entry = new RingKey
        {
            Public = made.Public,
            State = KeyState.Prepared,
            PreparedAt = now,
            ActivateAt = activateAt,
            NotAfter = activateAt + options.Life,
            IsByOperator = isByOperator,
            Sealed = made.Sealed,
        };
        Change(Ring.Prepare(entry));
        Tell(AuditEvent.KeyPrepared, entry);
        Endorse(entry.KeyId);
        return entry.KeyId;
    }

    /// <summary>Whether a key may become active at all: it need not be endorsed, or it is.</summary>
    public bool MayActivate(string keyId) => endorser is null || endorser.MaySign(Ring.Find(keyId)!, now);

    /// <summary>Lets our identity vouch for a key. What becomes of the endorsement is told by each replica that goes by it.</summary>
    /// <returns>False where there is none to do it.</returns>
    public bool Endorse(string keyId)
    {
        if (endorser?.Endorse(Ring.Find(keyId)!, now) is not { } endorsement) return false;
        Change(Ring.Endorse(keyId, endorsement));
        return true;
    }

    public void Activate(string keyId, bool isEmergency = false, string? reason = null)
    {
        var predecessor = Ring.Active;
        Change(Ring.Activate(keyId, now, options.Life, isEmergency));
        Tell(AuditEvent.KeyActivated, Ring.Find(keyId)!, reason);
        if (predecessor is not null) Tell(AuditEvent.KeyRetired, predecessor);
    }

    public void Drop(string keyId)
    {
        var key = Ring.Find(keyId)!;
        Change(Ring.Drop(keyId, now));
        Tell(AuditEvent.KeyDropped, key);
    }

    public void Revoke(string keyId, string reason, bool isEmergency = false)
    {
        Change(Ring.Revoke(keyId, now, reason, isEmergency));
        Tell(AuditEvent.KeyRevoked, Ring.Find(keyId)!, reason);
    }

    /// <summary>Seals with the first key-encryption key what another one sealed.</summary>
    /// <returns>Why it cannot; null when it did.</returns>
    public string? Reseal()
    {
        var keys = new List<RingKey>();
        foreach (var key in Ring.Keys)
        {
            if (key.Sealed.IsEmpty)
            {
                keys.Add(key);
                continue;
            }

            if (maker.Reseal(key, out var resealed) is { } problem) return $"Key {key.KeyId} cannot be opened: {problem}.";
            keys.Add(key with { Sealed = resealed });
        }

        Change(KeyRing.Of(Ring.Issuer, Ring.Epoch, keys));
        _records.Add(new AuditRecord { Event = AuditEvent.KeysResealed, Time = now, Actor = actor });
        return null;
    }

    /// <summary>What a replica knows, and the store has lost.</summary>
    public void Restore(KeyRing merged)
    {
        Change(merged);
        _records.Add(new AuditRecord { Event = AuditEvent.KeysRestored, Time = now, Actor = actor });
    }

    private Algorithm Wanted => Algorithm.Find(options.Algorithm) ?? throw new InvalidOperationException("The configured algorithm is unknown.");

    private void Change(KeyRing changed) => (Ring, IsChanged) = (changed, true);

    private void Tell(string what, RingKey key, string? reason = null) =>
        _records.Add(new AuditRecord { Event = what, Time = now, Actor = actor, KeyId = key.KeyId, Reason = reason, Expires = key.NotAfter });
}
