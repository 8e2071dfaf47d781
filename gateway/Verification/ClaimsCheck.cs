using Sallyport.Gateway.Tokens;
using Sallyport.Gateway.Trust;
using Sallyport.Policies;

namespace Sallyport.Gateway.Verification;

/// <summary>Checks type and claims of a token whose signature held (RFC 7519 section 4.1, RFC 8725 section 3).</summary>
/// <remarks>
/// In this order, so that a token with several faults has one reason: typ, sub, aud, exp, nbf, iat, lifetime, required
/// claims. The issuer was matched before, to find the key. Absent is never equal.
/// </remarks>
internal static class ClaimsCheck
{
    private const string ImpliedType = "JWT";
    private const string MediaTypePrefix = "application/";

    /// <returns>Null when all holds.</returns>
    public static TokenFault? Check(JoseHeader header, ClaimsSet claims, TrustedIssuerOptions issuer, DateTimeOffset now)
    {
        if (!IsTypeAllowed(header.Type, issuer.Types)) return ClaimsFault.TypeNotAllowed;
        if (string.IsNullOrEmpty(claims.Subject)) return ClaimsFault.SubjectMissing;
        if (claims.Audiences.Count == 0) return ClaimsFault.AudienceMissing;
        if (!claims.Audiences.Any(a => issuer.Audiences.Contains(a, StringComparer.Ordinal))) return ClaimsFault.AudienceMismatch;

        if (claims.Expires is not { } expires) return ClaimsFault.ExpiryMissing;
        if (now - issuer.ClockSkew >= expires) return ClaimsFault.Expired;
        if (claims.NotBefore is { } notBefore && notBefore > now + issuer.ClockSkew) return ClaimsFault.NotYetValid;
        if (claims.IssuedAt is { } issuedAt && issuedAt > now + issuer.ClockSkew) return ClaimsFault.IssuedInFuture;
        if (expires - (claims.IssuedAt ?? claims.NotBefore ?? now) > issuer.MaxLifetime) return ClaimsFault.LifetimeTooLong;

        foreach (var name in issuer.RequiredClaims)
            if (!claims.TryGet(name, out var value) || value.Kind == ClaimKind.Null || value is { Kind: ClaimKind.String, Text.Length: 0 })
                return ClaimsFault.ClaimMissing;

        return null;
    }

    // RFC 7515 section 4.1.9: media type names compare without case, and "application/" may be left out.
    private static bool IsTypeAllowed(string? type, IReadOnlyList<string> allowed)
    {
        var given = type ?? ImpliedType;
        if (given.StartsWith(MediaTypePrefix, StringComparison.OrdinalIgnoreCase)) given = given[MediaTypePrefix.Length..];
        return allowed.Contains(given, StringComparer.OrdinalIgnoreCase);
    }
}
