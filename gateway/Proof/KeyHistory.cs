using Sallyport.Gateway.Audit;

namespace Sallyport.Gateway.Proof;

/// <summary>The states of our keys as the records tell of them, up to the record that was read last.</summary>
internal sealed class KeyHistory
{
    // Far more than a gateway makes in its life.
    private const int MostKeys = 100_000;

    // A replica may sign with a key until it has read that it is retired: Sallyport.Issuer.Keys.Poll at its longest, and a minute for clocks.
    private static readonly TimeSpan Lag = TimeSpan.FromMinutes(6);

    private readonly Dictionary<string, KeyLife> _lives = new(StringComparer.Ordinal);

    public KeyLife? Find(string keyId) => _lives.GetValueOrDefault(keyId);

    /// <summary>Takes a record in.</summary>
    public void Take(TrailLine line, string place)
    {
        var (sequence, record) = (line.Sequence, line.Record);
        if (record.KeyId is not { } keyId || record.Event is AuditEvent.TokenMinted or AuditEvent.Checkpoint) return;
        if (!_lives.TryGetValue(keyId, out var life))
        {
            if (_lives.Count == MostKeys || !IsOfKeys(record.Event)) return;
            _lives[keyId] = life = new KeyLife(keyId);
        }

        switch (record.Event)
        {
            case AuditEvent.KeyPrepared:
                life.PreparedAt ??= record.Time;
                Prolong(life, record);
                break;
            case AuditEvent.KeyActivated:
                // An SVID's key may sign again in a process that was started anew.
                (life.Activated, life.Retired, life.Dropped) = (sequence, 0, 0);
                Prolong(life, record);
                break;
            case AuditEvent.KeyRetired:
                (life.Retired, life.RetiredAt) = (sequence, record.Time);
                Prolong(life, record);
                break;
            case AuditEvent.KeyDropped:
                life.Dropped = sequence;
                break;
            case AuditEvent.KeyRevoked when life.Revoked == 0:
                life.Revoked = sequence;
                break;
            case AuditEvent.KeyEndorsed:
                life.Endorse(new RecordedEndorsement(sequence, keyId, record.Hash, record.SpiffeId, record.Expires, place));
                break;
        }
    }

    /// <summary>Whether a key could have signed what the next record tells of.</summary>
    /// <returns>Null when so; else whether that is certain, a reason and a clause.</returns>
    public static (bool IsCertain, string Reason, string Clause)? Problem(KeyLife? life, DateTimeOffset at)
    {
        if (life is null || life.Activated == 0) return (life is { Revoked: > 0 }, life is { Revoked: > 0 } ? "key_revoked" : "key_activation_missing", "no record before it tells that the key was activated");
        if (life.Revoked > 0) return (true, "key_revoked", $"record {life.Revoked} tells that the key was revoked before");
        if (life.Dropped > 0) return (true, "key_dropped", $"record {life.Dropped} tells that the key was dropped before");
        if (life.Retired > 0 && at > life.RetiredAt + Lag) return (true, "key_retired", $"record {life.Retired} tells that the key was retired before, at {life.RetiredAt:u}");
        return null;
    }

    private static bool IsOfKeys(string what) =>
        what is AuditEvent.KeyPrepared or AuditEvent.KeyActivated or AuditEvent.KeyRetired or AuditEvent.KeyDropped or AuditEvent.KeyRevoked or AuditEvent.KeyEndorsed;

    private static void Prolong(KeyLife life, AuditRecord record)
    {
        if (record.Expires is { } ends) life.End(ends);
    }
}
