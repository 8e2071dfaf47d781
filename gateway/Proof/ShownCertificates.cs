using Sallyport.Gateway.Attestation;
using Sallyport.Gateway.Audit;
using Sallyport.Gateway.Keys;

namespace Sallyport.Gateway.Proof;

/// <summary>Where SVIDs' own keys sign: the certificates that checkpoints show of them. For records whose tokens, which show them too, are not at hand.</summary>
/// <remarks>A certificate may be shown only after the record that needs it, so that this is settled at the end; of each key, the first and the last moment are looked at.</remarks>
internal sealed class ShownCertificates(Findings findings, EndorsementProof endorsements)
{
    private const int MostKeys = 100_000;
    private const int MostChains = 16;

    private readonly Dictionary<string, List<IReadOnlyList<byte[]>>> _chains = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Asked> _asked = new(StringComparer.Ordinal);

    /// <summary>Keeps what a checkpoint shows.</summary>
    public void See(AuditRecord record)
    {
        if (record.KeyId is not { } keyId || !keyId.Contains('#', StringComparison.Ordinal) || record.Checkpoint is not { } text) return;
        if (ReadCheckpoint.Read(text, out _, out _) is null || ReadToken.ReadChain(text) is not { Count: > 0 } chain) return;
        if (!_chains.TryGetValue(keyId, out var known))
        {
            if (_chains.Count == MostKeys) return;
            _chains[keyId] = known = [];
        }

        if (known.Count < MostChains && !known.Exists(other => other[0].AsSpan().SequenceEqual(chain[0]))) known.Add(chain);
    }

    /// <summary>Notes that a key signed at that time.</summary>
    public void Ask(ArchivedKey key, DateTimeOffset at, string where)
    {
        if (!_asked.TryGetValue(key.KeyId, out var asked))
        {
            if (_asked.Count < MostKeys) _asked[key.KeyId] = new Asked(key, at, at, where);
            else findings.Doubt(LinkName.Endorsement, "too_many_keys", $"{where}: there are more than {MostKeys} keys; verify a shorter stretch of time.");
        }
        else if (at < asked.First || at > asked.Last)
        {
            _asked[key.KeyId] = asked with { First = at < asked.First ? at : asked.First, Last = at > asked.Last ? at : asked.Last };
        }
    }

    public void Judge()
    {
        foreach (var asked in _asked.Values)
            foreach (var at in new[] { asked.First, asked.Last }.Distinct())
            {
                var judged = _chains.GetValueOrDefault(asked.Key.KeyId, [])
                    .Select(chain => endorsements.Judge(asked.Key, chain, at, asked.Where))
                    .OrderBy(links => links.Endorsement.State != LinkState.Proven).ThenBy(links => links.Svid.State != LinkState.Proven)
                    .FirstOrDefault();
                if (judged.Endorsement is null) judged = endorsements.Judge(asked.Key, [], at, asked.Where);
                findings.Add(judged.Endorsement);
                findings.Add(judged.Svid);
            }
    }

    private sealed record Asked(ArchivedKey Key, DateTimeOffset First, DateTimeOffset Last, string Where);
}
