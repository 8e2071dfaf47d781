using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Admin;

/// <summary>One public key, by its names.</summary>
/// <param name="Kid">The <c>kid</c> member; null for none.</param>
/// <param name="Kty">The <c>kty</c> member.</param>
/// <param name="Alg">The <c>alg</c> member; null for none.</param>
/// <param name="Thumbprint">RFC 7638, SHA-256, base64url; empty for a secret.</param>
internal sealed record KeyReport(string? Kid, string Kty, string? Alg, string Thumbprint)
{
    public static KeyReport Of(Jwk key) => new(
        key.KeyId,
        key.KeyType switch { KeyType.Rsa => "RSA", KeyType.Ec => "EC", KeyType.Okp => "OKP", _ => "oct" },
        key.Algorithm?.Name,
        key.Thumbprint);
}
