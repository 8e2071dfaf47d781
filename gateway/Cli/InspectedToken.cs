using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Cli;

/// <summary>A token taken apart as far as it can be, and the fault that the gateway would find in its form.</summary>
/// <param name="Header">The first part; null when there is none.</param>
/// <param name="Claims">The second part; null when there is none, or when it is encrypted.</param>
/// <param name="SignatureBytes">Length of the signature; 0 when the token is malformed.</param>
/// <param name="Fault">Null for a well-formed token, which says nothing of its signature.</param>
internal sealed record InspectedToken(InspectedPart? Header, InspectedPart? Claims, int SignatureBytes, TokenFault? Fault)
{
    // The parts of a JWE (RFC 7516 section 3.1), the second of which is a key.
    private const int PartsOfEncrypted = 5;

    public static InspectedToken Of(string token)
    {
        if (token.Length > TokenText.MaxBytes) return new(null, null, 0, TokenFault.TooLong);

        ClaimsSet? claims = null;
        _ = CompactJws.TryParse(token, TokenText.MaxBytes, out var jws, out var fault)
            && ClaimsSet.TryParse(jws.Payload.Span, out claims, out fault);
        var parts = token.Split('.', PartsOfEncrypted + 1);
        var header = token.Length == 0 ? null : InspectedPart.Of(parts[0]);
        var payload = parts.Length is > 1 and not PartsOfEncrypted ? InspectedPart.Of(parts[1]) : null;
        return new(header, payload, jws?.Signature.Length ?? 0, claims is null ? fault : null);
    }
}
