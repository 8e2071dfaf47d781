using Sallyport.Gateway.Audit;
using Sallyport.Gateway.Keys;

namespace Sallyport.Gateway.Attestation;

/// <summary>Verifies attestations against the archive of our public keys. Without network or configuration.</summary>
/// <remarks>
/// <code>
///   envelope       its form
///   signature      at least one by a key of the archive, over payload and type
///   endorsement    with a trust bundle: the key was one of a SPIFFE identity, or one that it vouched for
///   payload_type   an in-toto statement
///   statement      its form
///   subject        each file that was given stands in it, by its digest
///   token          the one that was given is the one that authorised it
/// </code>
/// Nothing of a payload is believed, nor told, before its signature holds.
/// </remarks>
/// <param name="archive">Our public keys.</param>
/// <param name="identity">Whether the keys were a SPIFFE identity's; null where nobody asks.</param>
internal sealed class AttestationCheck(KeyArchive archive, KeyIdentity? identity = null)
{
    /// <param name="envelope">Of any origin.</param>
    /// <param name="subjects">Files at hand, with their names; empty to compare none.</param>
    /// <param name="token">The token that is said to have authorised it; null to compare none.</param>
    public AttestationReport Check(ReadOnlySpan<byte> envelope, IReadOnlyList<StatementSubject> subjects, string? token)
    {
        if (!DsseEnvelope.TryRead(envelope, out var read, out var problem))
            return new AttestationReport([ProofLink.Failed("envelope", "envelope_malformed", problem)]);

        List<ProofLink> links = [ProofLink.Proven("envelope", $"A DSSE envelope, signatures: {read.Signatures.Count}.")];
        var (signer, key) = CheckSignatures(read, links);
        if (identity is not null && signer is not null) links.Add(identity.Check(key!, signer));
        links.Add(read.PayloadType == Statement.PayloadType
            ? ProofLink.Proven("payload_type", $"{Statement.PayloadType}.")
            : ProofLink.Failed("payload_type", "payload_type_unsupported", $"It is not {Statement.PayloadType}."));
        if (signer is null || read.PayloadType != Statement.PayloadType)
        {
            links.Add(ProofLink.Unverifiable("statement", "not_signed", "Nobody of ours signed it as a statement: what it says was not looked at."));
            return new AttestationReport(links);
        }

        if (Statement.Read(read.Payload) is not { } statement)
        {
            links.Add(ProofLink.Failed("statement", "statement_malformed", $"The payload is no {Statement.Type} with subjects that have a SHA-256."));
            return new AttestationReport(links, signer.KeyId, key);
        }

        links.Add(ProofLink.Proven("statement", $"Of {statement.PredicateType}, subjects: {statement.Subjects.Count}."));
        links.AddRange(subjects.Select(subject => CheckSubject(statement, subject)));
        if (token is not null) links.Add(CheckToken(statement, token));
        return new AttestationReport(links, signer.KeyId, key, statement);
    }

    /// <summary>One link for each signature. Where one of ours holds, another's neither helps nor hurts.</summary>
    private (DsseSignature? Signature, ArchivedKey? Key) CheckSignatures(DsseEnvelope envelope, List<ProofLink> links)
    {
        var signed = PreAuthEncoding.Of(envelope.PayloadType, envelope.Payload);
        var checks = envelope.Signatures.Select(signature => (Link: CheckSignature(signature, signed, out var key), Signature: signature, Key: key)).ToList();
        var good = checks.Find(check => check.Link.State == LinkState.Proven);
        if (good.Link is null)
        {
            links.AddRange(checks.Select(check => check.Link));
            return (null, null);
        }

        var others = checks.Count(check => check.Link.State != LinkState.Proven);
        links.Add(others == 0 ? good.Link : good.Link with { Detail = $"{good.Link.Detail} Other signatures, which prove nothing here: {others}." });
        return (good.Signature, good.Key);
    }

    private ProofLink CheckSignature(DsseSignature signature, ReadOnlySpan<byte> signed, out ArchivedKey? key)
    {
        key = null;
        if (signature.KeyId is not { } keyId) return ProofLink.Unverifiable("signature", "keyid_missing", "The signature names no key.");
        var thumbprint = KeyName.ThumbprintOf(keyId);
        byte[]? kept;
        try
        {
            kept = thumbprint is null ? null : archive.Find(thumbprint);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ProofLink.Unverifiable("signature", "archive_unreadable", e.Message);
        }

        if (kept is null) return ProofLink.Unverifiable("signature", "key_not_archived", $"The archive does not hold the key that the signature names, in {archive.Directory}.");
        key = ArchivedKey.Read(kept, thumbprint!);
        if (key is null) return ProofLink.Unverifiable("signature", "archive_damaged", $"What the archive holds as {thumbprint}.json is not that key.");
        // The SPIFFE ID in a name is nobody's word, unless it is the archive's.
        if (key.KeyId != keyId) return ProofLink.Unverifiable("signature", "key_not_archived", $"The archive holds the key by another name, {key.KeyId}.");
        if (key.Purpose != KeySealing.TokenSigning) return ProofLink.Failed("signature", "key_purpose", "The key was for something else.");
        var algorithm = key.Public.Algorithm!;
        return SignatureForm.Read(algorithm, signature.Bytes) is { } form && key.Public.Verify(algorithm, signed, form)
            ? ProofLink.Proven("signature", $"By {keyId}, {algorithm}, of {key.Issuer}.")
            : ProofLink.Failed("signature", "signature_invalid", $"It is not the signature of {keyId} over this payload and type.");
    }

    private static ProofLink CheckSubject(Statement statement, StatementSubject subject)
    {
        if (statement.Subjects.FirstOrDefault(entry => entry.Sha256 == subject.Sha256) is { } same)
            return ProofLink.Proven("subject", same.Name == subject.Name || same.Name is null ? $"{subject.Name} is in it." : $"{subject.Name} is in it, as {same.Name}.");
        return statement.Subjects.Any(entry => entry.Name == subject.Name)
            ? ProofLink.Failed("subject", "subject_changed", $"{subject.Name} is not the file that was attested under that name.")
            : ProofLink.Failed("subject", "subject_unknown", $"{subject.Name} was not attested.");
    }

    private static ProofLink CheckToken(Statement statement, string token)
    {
        if (statement.Authorization is not { } authorization) return ProofLink.Failed("token", "authorization_missing", "No token authorised it.");
        return authorization.Sha256 == TokenAuthorization.HashOf(token)
            ? ProofLink.Proven("token", $"It was authorised by this token, of {authorization.Subject}.")
            : ProofLink.Failed("token", "token_mismatch", "Another token authorised it.");
    }
}
