using System.Globalization;
using Sallyport.Gateway.Audit;

namespace Sallyport.Gateway.Proof;

/// <summary>A token against its record, its key and what it says.</summary>
internal sealed class TokenProof(Findings findings, ArchivedKeys keys)
{
    public void Judge(ReadToken token, TrailLine? line, string? issuer)
    {
        var found = keys.Find(token.Jws.Header.KeyId);
        if (found.Key is not { } key) found.Tell(findings, LinkName.Signature, "The token");
        else if (key.Public.Algorithm != token.Jws.Header.Algorithm) findings.Fail(LinkName.Signature, "signature_invalid", $"The token's alg is not that of key {key.KeyId}.");
        else if (!key.Public.Verify(token.Jws.Header.Algorithm, token.Jws.SigningInput, token.Jws.Signature)) findings.Fail(LinkName.Signature, "signature_invalid", $"The token is not signed by {key.KeyId}.");
        else if (key.Issuer != token.Claims.Issuer) findings.Fail(LinkName.Signature, "issuer_mismatch", "The key was another issuer's than the token says.");
        else findings.Prove(LinkName.Signature, $"By {key.KeyId}, {key.Public.Algorithm}, of {key.Issuer}.");
        if (line is null) return;

        var where = string.Create(CultureInfo.InvariantCulture, $"record {line.Sequence}");
        if (line.Record.Hash == token.Hash) findings.Prove(LinkName.TokenHash, $"It is the hash of {where}.");
        else findings.Fail(LinkName.TokenHash, "token_changed", $"The token has the jti of {where}, and is another one than was minted: its hash differs.");
        string[] others = [.. Differing(token, line.Record, issuer)];
        if (others.Length == 0) findings.Prove(LinkName.Claims, $"They are those of {where}.");
        else findings.Fail(LinkName.Claims, "claims_mismatch", $"Other than in {where}: {string.Join(", ", others)}.");
    }

    private static IEnumerable<string> Differing(ReadToken token, AuditRecord record, string? issuer)
    {
        var claims = token.Claims;
        if (claims.Issuer is null || claims.Issuer != issuer) yield return "iss";
        if (claims.Subject is null || claims.Subject != record.Subject) yield return "sub";
        if (!claims.Audiences.SequenceEqual(record.Audiences, StringComparer.Ordinal)) yield return "aud";
        if (claims.Expires is null || claims.Expires != record.Expires) yield return "exp";
        if (claims.IssuedAt is null || claims.IssuedAt != record.Time) yield return "iat";
        if (claims.TokenId is null || claims.TokenId != record.TokenId) yield return "jti";
        if (token.Jws.Header.KeyId is null || token.Jws.Header.KeyId != record.KeyId) yield return "kid";
    }
}
