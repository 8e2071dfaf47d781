using System.Text;
using Sallyport.Gateway.Attestation;
using Sallyport.Gateway.Identity;
using Sallyport.Gateway.Keys;

namespace Sallyport.Gateway.Proof;

/// <summary>Whether a workload's identity vouched for a key, by what the archive has of it and a trust bundle at hand.</summary>
/// <param name="directory">The archive.</param>
/// <param name="keys">Its keys.</param>
/// <param name="bundle">Null where nobody gave one.</param>
/// <param name="expected">Whose word it must be; null for whoever the trail names.</param>
internal sealed class EndorsementProof(string directory, ArchivedKeys keys, TrustBundleFile? bundle, SpiffeId? expected)
{
    private const int MostKept = 4096;

    private readonly Dictionary<(string, string), JudgedEndorsement> _known = [];

    /// <summary>Whether somebody asked who stands behind the keys.</summary>
    public bool IsAsked => bundle is not null || expected is not null;

    /// <summary>Looks at one endorsement that the trail tells of; at each once.</summary>
    public JudgedEndorsement Judge(RecordedEndorsement recorded)
    {
        var name = (recorded.KeyId, recorded.Hash ?? "");
        if (_known.TryGetValue(name, out var known)) return known;
        if (_known.Count == MostKept) _known.Clear();
        return _known[name] = Read(recorded);
    }

    /// <summary>Looks at a chain of certificates as whoever owns a key in direct mode shows it.</summary>
    /// <param name="key">Of the archive; its name has the SPIFFE ID.</param>
    /// <param name="chain">DER, the leaf first.</param>
    /// <param name="at">When it signed.</param>
    /// <param name="whose">Whose certificate it is, for people.</param>
    public (ProofLink Endorsement, ProofLink Svid) Judge(ArchivedKey key, IReadOnlyList<byte[]> chain, DateTimeOffset at, string whose)
    {
        if (chain.Count == 0)
            return Both(LinkState.Unverifiable, "certificate_missing", $"{whose}: the key is a SPIFFE identity's own, and there is no certificate of it.");
        var named = key.KeyId[..key.KeyId.LastIndexOf('#')];
        if (SvidLeaf.Read(chain[0], out _) is not { } leaf || leaf.Thumbprint != key.Public.Thumbprint)
            return Both(LinkState.Failed, "certificate_mismatch", $"{whose}: the certificate is not that of key {key.KeyId}.");
        return (new ProofLink(LinkName.Endorsement, LinkState.Proven, "proven", $"{whose}: the key is that of the certificate itself."), CheckSvid(chain, named, at, whose));
    }

    private static (ProofLink Endorsement, ProofLink Svid) Both(LinkState state, string reason, string detail) =>
        (new ProofLink(LinkName.Endorsement, state, reason, detail), new ProofLink(LinkName.Svid, LinkState.Unverifiable, "endorsement_missing", "There is no endorsement whose SVID could be looked at."));

    private JudgedEndorsement Read(RecordedEndorsement recorded)
    {
        var where = $"The endorsement of {recorded.Place} (record {recorded.Sequence})";
        if (keys.Find(recorded.KeyId) is { Key: null } missing)
            return Judged(missing.IsDamaged ? LinkState.Failed : LinkState.Unverifiable, missing.Reason, $"{where}: {missing.Clause}.");
        var key = keys.Find(recorded.KeyId).Key!;
        if (recorded.Hash is not { Length: 43 } hash || !hash.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')) return Judged(LinkState.Failed, "endorsement_invalid", $"{where} has no hash.");
        var path = Path.Combine(directory, "endorsements", key.Public.Thumbprint, hash + ".jws");
        try
        {
            if (ArchiveFile.TryRead(path, Endorsement.MaxLength) is not { } file) return Judged(LinkState.Unverifiable, "endorsement_missing", $"{where}: the archive does not have {path}.");
            var text = Encoding.Latin1.GetString(file);
            if (Audit.TrailLine.HashOf(file) != hash) return Judged(LinkState.Failed, "endorsement_changed", $"{where}: {path} is not what was archived under that name.");
            if (Endorsement.Read(text, out var problem) is not { } read) return Judged(LinkState.Failed, "endorsement_invalid", $"{where}: {problem}.");
            return Judge(recorded, key, read, where);
        }
        catch (ArchiveFaultException e)
        {
            return Judged(LinkState.Unverifiable, "archive_unreadable", $"{where}: {e.Message}");
        }
    }

    private JudgedEndorsement Judge(RecordedEndorsement recorded, ArchivedKey key, Endorsement read, string where)
    {
        var problem = read.Purpose != Endorsement.TokenSigning ? $"its purpose is not {Endorsement.TokenSigning}"
            : read.Issuer != key.Issuer ? "it is for another issuer"
            : read.KeyId != key.KeyId || read.Thumbprint != key.Public.Thumbprint ? "it is for another key"
            : read.IssuedAt > read.Expires || read.NotBefore > read.Expires ? "it ends before it begins"
            : read.Expires > read.LeafNotAfter ? "it outlives its certificate"
            : read.SpiffeId != recorded.SpiffeId ? "it is by another SPIFFE ID than the trail tells"
            : recorded.Ends != read.LeafNotAfter ? "the trail tells another end of its SVID"
            : null;
        if (problem is not null) return Judged(LinkState.Failed, "endorsement_invalid", $"{where}: {problem}.");
        return new JudgedEndorsement(
            new ProofLink(LinkName.Endorsement, LinkState.Proven, "proven", $"{where}: {read.SpiffeId} vouched for {key.KeyId}, from {read.NotBefore:u} to {read.Expires:u}."),
            CheckSvid(read.Chain, read.SpiffeId, read.IssuedAt, where),
            read);
    }

    private ProofLink CheckSvid(IReadOnlyList<byte[]> chain, string named, DateTimeOffset at, string where)
    {
        if (!SpiffeId.TryParse(named, out var id, out var problem)) return new ProofLink(LinkName.Svid, LinkState.Failed, "svid_invalid", $"{where}: its SPIFFE ID is none: {problem}.");
        if (expected is not null && expected != id) return new ProofLink(LinkName.Svid, LinkState.Failed, "spiffe_id_mismatch", $"{where} is by {named}, and not by {expected}.");
        if (bundle is null) return new ProofLink(LinkName.Svid, LinkState.Unverifiable, "trust_bundle_missing", $"{where} is by {named}, and no trust bundle was given to verify its SVID with: see --trust-bundle.");
        problem = SvidCheck.Check(chain, bundle.For(id.TrustDomain), at, out var found);
        if (problem is not null) return new ProofLink(LinkName.Svid, LinkState.Failed, "svid_invalid", $"{where}: by the trust bundle the SVID does not hold: {problem}.");
        return found == id
            ? new ProofLink(LinkName.Svid, LinkState.Proven, "proven", $"{where}: its SVID leads to the trust bundle, at {at:u}.")
            : new ProofLink(LinkName.Svid, LinkState.Failed, "spiffe_id_mismatch", $"{where}: its certificate has another SPIFFE ID than {named}.");
    }

    private static JudgedEndorsement Judged(LinkState state, string reason, string detail)
    {
        var (endorsement, svid) = Both(state, reason, detail);
        return new JudgedEndorsement(endorsement, svid, null);
    }
}
