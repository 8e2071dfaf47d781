using System.Security.Cryptography;
using System.Text.Json;

namespace Sallyport.Gateway.Tokens;

/// <summary>
/// A secret shared with an issuer, 32 bytes or more (RFC 7518, section 3.2); only ever configured, never read from a JWK Set.
/// It has no thumbprint: the hash of a secret that somebody chose gives it away to whoever guesses (RFC 7638, section 7).
/// </summary>
internal sealed class SecretKey : KeyMaterial
{
    public const int MinBytes = 32;

    private readonly byte[] _secret;

    public SecretKey(ReadOnlySpan<byte> secret)
        : base(KeyType.Octets, null)
    {
        if (secret.Length < MinBytes)
            throw new ArgumentException($"A secret must have {MinBytes} bytes or more.", nameof(secret));
        _secret = secret.ToArray();
    }

    public override bool Verify(Algorithm algorithm, ReadOnlySpan<byte> signingInput, ReadOnlySpan<byte> signature)
    {
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_secret, signingInput, expected);
        return CryptographicOperations.FixedTimeEquals(expected, signature);
    }

    /// <summary>The secret itself is never written.</summary>
    public override void WriteMembers(Utf8JsonWriter writer) => writer.WriteString("kty", "oct");

    public override bool IsSameAs(KeyMaterial other) =>
        other is SecretKey secret && CryptographicOperations.FixedTimeEquals(_secret, secret._secret);

    protected override string ComputeThumbprint() => "";
}
