using System.Security.Cryptography;
using System.Text.Json;

namespace Sallyport.Gateway.Tokens;

/// <summary>
/// A key to verify with (RFC 7517, section 4): fixed to its family, curve and, where the JWK names one, algorithm from the
/// moment it is parsed, so that no token's header can bend it to another use.
/// </summary>
internal sealed class Jwk
{
    internal Jwk(KeyMaterial material, string? keyId, Algorithm? algorithm)
    {
        (Material, KeyId, Algorithm) = (material, keyId, algorithm);
        if (algorithm is not null && !Takes(algorithm))
            throw new ArgumentException($"{algorithm} is no algorithm of this key.", nameof(algorithm));
    }

    /// <summary>The <c>kid</c> member.</summary>
    public string? KeyId { get; }

    /// <summary>The family of the key, its <c>kty</c>.</summary>
    public KeyType KeyType => Material.KeyType;

    /// <summary>The <c>crv</c> member; null for families without curves.</summary>
    public string? Curve => Material.Curve;

    /// <summary>The <c>alg</c> member; null where the JWK names none.</summary>
    public Algorithm? Algorithm { get; }

    /// <summary>RFC 7638, SHA-256, base64url; empty for a secret.</summary>
    public string Thumbprint => Material.Thumbprint;

    internal KeyMaterial Material { get; }

    /// <summary>A key of an RSA modulus and exponent.</summary>
    /// <exception cref="CryptographicException">The key is not one that <see cref="RsaKey"/> accepts.</exception>
    public static Jwk FromRsa(RSAParameters parameters, string? keyId = null, Algorithm? algorithm = null) =>
        new(RsaKey.Create(parameters.Modulus ?? [], parameters.Exponent ?? [], out var problem) ?? throw Refused(problem), keyId, algorithm);

    /// <summary>A key of a point on a named NIST curve.</summary>
    /// <exception cref="CryptographicException">The curve is unknown or the point is not on it.</exception>
    public static Jwk FromEc(ECParameters parameters, string? keyId = null, Algorithm? algorithm = null)
    {
        var curve = EllipticCurve.FindByOid(parameters.Curve.Oid?.Value) ?? throw Refused("its curve is unknown");
        var material = EcKey.Create(curve, parameters.Q.X ?? [], parameters.Q.Y ?? [], out var problem);
        return new(material ?? throw Refused(problem), keyId, algorithm);
    }

    /// <summary>A key of the 32 bytes of an Ed25519 public key.</summary>
    /// <exception cref="CryptographicException">The bytes are no such key, or libcrypto is missing.</exception>
    public static Jwk FromEd25519(ReadOnlySpan<byte> publicKey, string? keyId = null, Algorithm? algorithm = null) =>
        new(Ed25519Key.Create(publicKey.ToArray(), out var problem) ?? throw Refused(problem), keyId, algorithm);

    /// <summary>A configured secret for HS256.</summary>
    /// <exception cref="ArgumentException">Shorter than 32 bytes.</exception>
    public static Jwk FromSecret(ReadOnlySpan<byte> secret, string? keyId = null) =>
        new(new SecretKey(secret), keyId, Algorithm.All.Single(a => a.IsSymmetric));

    /// <summary>Reads public keys and certificates; see <see cref="PemKeys"/>.</summary>
    public static bool TryReadPem(string pem, out IReadOnlyList<Jwk> keys, out string? problem) => PemKeys.TryRead(pem, out keys, out problem);

    /// <summary>Whether the key may verify signatures of this algorithm: family and curve fit, and the JWK names no other.</summary>
    public bool Fits(Algorithm algorithm) => Takes(algorithm) && (Algorithm is null || Algorithm == algorithm);

    /// <summary>Whether the signature is valid. Never throws; may run on many threads at once.</summary>
    public bool Verify(Algorithm algorithm, ReadOnlySpan<byte> signingInput, ReadOnlySpan<byte> signature) =>
        Fits(algorithm) && Material.Verify(algorithm, signingInput, signature);

    /// <summary>Writes the JWK as an object: public members, <c>kid</c>, <c>alg</c> and <c>use</c>.</summary>
    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        Material.WriteMembers(writer);
        if (KeyId is not null)
            writer.WriteString("kid", KeyId);
        if (Algorithm is not null)
            writer.WriteString("alg", Algorithm.Name);
        writer.WriteString("use", "sig");
        writer.WriteEndObject();
    }

    /// <summary>Name and family; no material.</summary>
    public override string ToString() => $"{KeyId ?? "(no kid)"} {Algorithm?.Name ?? Curve ?? KeyType.ToString()}";

    private bool Takes(Algorithm algorithm) =>
        algorithm.KeyType == KeyType && string.Equals(algorithm.Curve, Curve, StringComparison.Ordinal);

    private static CryptographicException Refused(string? problem) => new($"The key is refused: {problem}.");
}
