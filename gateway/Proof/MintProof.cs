using System.Globalization;
using Sallyport.Gateway.Attestation;
using Sallyport.Gateway.Audit;

namespace Sallyport.Gateway.Proof;

/// <summary>What stands behind the record of one token: its key then, and whoever vouched for that key.</summary>
internal sealed class MintProof(Findings findings, ArchivedKeys keys, KeyHistory history, EndorsementProof endorsements, ShownCertificates shown)
{
    /// <summary>Looks at a record while nothing is known yet of what comes after it.</summary>
    /// <param name="line">A token that was minted.</param>
    /// <param name="place">Where it stands.</param>
    /// <param name="token">The token itself; null where it is not at hand.</param>
    public void Take(TrailLine line, string place, ReadToken? token)
    {
        var record = line.Record;
        var where = string.Create(CultureInfo.InvariantCulture, $"{place} (record {line.Sequence})");
        var life = record.KeyId is null ? null : history.Find(record.KeyId);
        CheckKey(record, where, life, token);
        CheckIdentity(line, where, life, token);
    }

    private void CheckKey(AuditRecord record, string where, KeyLife? life, ReadToken? token)
    {
        var found = keys.Find(record.KeyId);
        if (found.Key is not { } key)
        {
            found.Tell(findings, LinkName.KeyState, where);
            return;
        }

        if (KeyHistory.Problem(life, record.Time) is var (isCertain, reason, clause))
        {
            findings.Add(new ProofLink(LinkName.KeyState, isCertain ? LinkState.Failed : LinkState.Unverifiable, reason, $"{where}: {clause}."));
            return;
        }

        // As it was planned when the key was first seen, or as a record tells since.
        var ends = life!.Ends.Append(key.NotAfter).Max();
        var isOwn = key.KeyId != key.Public.KeyId;
        if (life.PreparedAt is { } prepared && !isOwn && (prepared != key.PreparedAt || !life.Ends.Contains(DateTimeOffset.FromUnixTimeSeconds(key.NotAfter.ToUnixTimeSeconds()))))
            findings.Fail(LinkName.KeyState, "key_dates", $"{where}: the archive has another beginning or end of key {key.KeyId} than the trail.");
        else if (record.Time.AddMinutes(1) < key.PreparedAt) findings.Fail(LinkName.KeyState, "issued_before_key", $"{where}: the key was made later, at {key.PreparedAt:u}.");
        else if (record.Expires is not { } expires) findings.Fail(LinkName.KeyState, "expiry_missing", $"{where}: it has no end.");
        // A certificate that was renewed for the same key prolongs it: only the one in the token tells.
        else if (expires > ends && isOwn && token is null) findings.Doubt(LinkName.KeyState, "key_end_unknown", $"{where}: the token outlives what was known of its key, {ends:u}; its certificate would tell.");
        else if (expires > ends && !isOwn) findings.Fail(LinkName.KeyState, "key_outlived", $"{where}: the token outlives its key, which ended at {ends:u}.");
        else findings.Prove(LinkName.KeyState, $"{where}: key {key.KeyId} was active since record {life.Activated}, and archived.{(life.Retired > 0 ? $" Record {life.Retired} retired it moments before; whoever signed had not read it yet." : "")}");
    }

    private void CheckIdentity(TrailLine line, string where, KeyLife? life, ReadToken? token)
    {
        var record = line.Record;
        if (record.KeyId is { } keyId && keyId.Contains('#', StringComparison.Ordinal))
        {
            if (keys.Find(keyId).Key is not { } key) Nothing(keys.Find(keyId).Reason, $"{where}: {keys.Find(keyId).Clause}.");
            else if (token is null) shown.Ask(key, record.Time, where);
            else Tell(endorsements.Judge(key, token.Chain, token.Claims.IssuedAt ?? record.Time, where));
            return;
        }

        if (life is null or { Endorsements.Count: 0 })
        {
            if (record.SpiffeId is not null || endorsements.IsAsked)
            {
                Nothing("endorsement_missing", $"{where}: no record before it tells that an identity vouched for its key.");
                return;
            }

            findings.Prove(LinkName.Endorsement, $"{where}: no identity was used: the key stands for itself.");
            findings.Prove(LinkName.Svid, $"{where}: no identity was used.");
            return;
        }

        var judged = Best(life.Endorsements, record.Time);
        if (judged.Link.State == LinkState.Proven && !judged.HoldsAt(record.Time))
            findings.Doubt(LinkName.Endorsement, "endorsement_ended", $"{where}: at {record.Time:u} no endorsement of its key held, the best one until {judged.Read!.Expires:u}.");
        else if (judged.Link.State == LinkState.Proven && record.SpiffeId is { } spiffeId && spiffeId != judged.Read!.SpiffeId)
            findings.Fail(LinkName.Endorsement, "spiffe_id_mismatch", $"{where}: it was signed by {spiffeId}, and its key is endorsed by {judged.Read.SpiffeId}.");
        else
            findings.Add(judged.Link);
        findings.Add(judged.Svid);
    }

    private JudgedEndorsement Best(IReadOnlyList<RecordedEndorsement> recorded, DateTimeOffset at)
    {
        JudgedEndorsement? best = null;
        for (var i = recorded.Count - 1; i >= 0; i--)
        {
            var judged = endorsements.Judge(recorded[i]);
            if (best is null || Rank(judged, at) > Rank(best, at)) best = judged;
            if (Rank(best, at) == 3) break;
        }

        return best!;
    }

    private static int Rank(JudgedEndorsement judged, DateTimeOffset at) =>
        judged.Link.State != LinkState.Proven ? 0 : !judged.HoldsAt(at) ? 1 : judged.Svid.State == LinkState.Failed ? 2 : 3;

    private void Tell((ProofLink Endorsement, ProofLink Svid) links)
    {
        findings.Add(links.Endorsement);
        findings.Add(links.Svid);
    }

    private void Nothing(string reason, string detail)
    {
        findings.Doubt(LinkName.Endorsement, reason, detail);
        findings.Doubt(LinkName.Svid, "endorsement_missing", "There is no endorsement whose SVID could be looked at.");
    }
}
