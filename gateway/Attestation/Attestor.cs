using System.Buffers.Text;
using System.Security.Cryptography;
using Sallyport.Gateway.Audit;
using Sallyport.Gateway.Keys;

namespace Sallyport.Gateway.Attestation;

/// <summary>Signs statements with the key that signs tokens, and records each before anybody gets it.</summary>
/// <param name="key">The key.</param>
/// <param name="audit">Where it is recorded.</param>
/// <param name="clock">Of the records.</param>
/// <param name="spiffeId">Who this process is; null where it has no identity.</param>
internal sealed class Attestor(ITokenSigner key, AuditTrail audit, TimeProvider clock, string? spiffeId = null)
{
    /// <summary>Signs one statement.</summary>
    /// <param name="statement">What it speaks of.</param>
    /// <param name="predicate">What is said.</param>
    /// <param name="actor">For the audit: who asked for it.</param>
    /// <param name="cancellation">Ends waiting for a remote key.</param>
    /// <exception cref="SigningFailedException">The key cannot be used now.</exception>
    /// <exception cref="AuditUnavailableException">It cannot be recorded, so there is no attestation.</exception>
    public async ValueTask<DsseEnvelope> AttestAsync(Statement statement, Predicate predicate, string actor, CancellationToken cancellation)
    {
        var payload = statement.ToJson(predicate);
        var signature = await key.SignAsync(PreAuthEncoding.Of(Statement.PayloadType, payload), cancellation);
        var envelope = new DsseEnvelope(Statement.PayloadType, payload, [new DsseSignature(key.KeyId, SignatureForm.Write(key.Algorithm, signature), [.. key.CertificateChain.Select(Convert.FromBase64String)])]);
        var record = new AuditRecord
        {
            Event = AuditEvent.Attested,
            Time = clock.GetUtcNow(),
            Actor = actor,
            KeyId = key.KeyId,
            TokenId = statement.Authorization?.TokenId,
            Hash = Base64Url.EncodeToString(SHA256.HashData(payload)),
            Subject = statement.Authorization?.Subject,
            SpiffeId = spiffeId,
        };
        await audit.RecordAsync(record, cancellation);
        return envelope;
    }
}
