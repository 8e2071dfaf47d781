using System.Security.Cryptography;
using System.Text;

namespace Sallyport.Gateway.Tokens;

/// <summary>
/// The signature algorithms that Sallyport knows (RFC 7518, section 3.1; RFC 8037, section 3.1). This table is the only
/// place that lists them: everything else asks a row. <c>none</c> is not a row.
/// </summary>
internal sealed class Algorithm
{
    private static readonly Algorithm[] Rows =
    [
        Ecdsa("ES256", "P-256", HashAlgorithmName.SHA256, 64),
        Ecdsa("ES384", "P-384", HashAlgorithmName.SHA384, 96),
        Ecdsa("ES512", "P-521", HashAlgorithmName.SHA512, 132),
        Rsa("RS256", HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        Rsa("RS384", HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1),
        Rsa("RS512", HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1),
        Rsa("PS256", HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
        Rsa("PS384", HashAlgorithmName.SHA384, RSASignaturePadding.Pss),
        Rsa("PS512", HashAlgorithmName.SHA512, RSASignaturePadding.Pss),
        new("EdDSA", KeyType.Okp, "Ed25519", default, null, 64),
        new("HS256", KeyType.Octets, null, HashAlgorithmName.SHA256, null, 32),
    ];

    private readonly byte[] _utf8Name;

    private Algorithm(string name, KeyType keyType, string? curve, HashAlgorithmName hash, RSASignaturePadding? padding, int signatureBytes)
    {
        (Name, KeyType, Curve, Hash, Padding, SignatureBytes) = (name, keyType, curve, hash, padding, signatureBytes);
        _utf8Name = Encoding.ASCII.GetBytes(name);
    }

    /// <summary>Every row.</summary>
    public static IReadOnlyList<Algorithm> All => Rows;

    /// <summary>The <c>alg</c> value, case-sensitive.</summary>
    public string Name { get; }

    /// <summary>The family of keys that it takes.</summary>
    public KeyType KeyType { get; }

    /// <summary>The <c>crv</c> that its key must have; null for families without curves.</summary>
    public string? Curve { get; }

    /// <summary>What the signing input is hashed with; without a name for EdDSA, which hashes for itself.</summary>
    public HashAlgorithmName Hash { get; }

    /// <summary>The padding, for RSA only. PSS takes a salt as long as the hash.</summary>
    public RSASignaturePadding? Padding { get; }

    /// <summary>The exact length of a signature; 0 for RSA, where the modulus decides.</summary>
    public int SignatureBytes { get; }

    /// <summary>Whether whoever verifies could also sign.</summary>
    public bool IsSymmetric => KeyType == KeyType.Octets;

    /// <summary>The row of an <c>alg</c> value, or null.</summary>
    public static Algorithm? Find(string name)
    {
        foreach (var row in Rows)
        {
            if (string.Equals(row.Name, name, StringComparison.Ordinal))
                return row;
        }

        return null;
    }

    /// <summary>The row of an <c>alg</c> value in UTF-8, or null.</summary>
    public static Algorithm? Find(ReadOnlySpan<byte> utf8Name)
    {
        foreach (var row in Rows)
        {
            if (utf8Name.SequenceEqual(row._utf8Name))
                return row;
        }

        return null;
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static Algorithm Ecdsa(string name, string curve, HashAlgorithmName hash, int signatureBytes) =>
        new(name, KeyType.Ec, curve, hash, null, signatureBytes);

    private static Algorithm Rsa(string name, HashAlgorithmName hash, RSASignaturePadding padding) =>
        new(name, KeyType.Rsa, null, hash, padding, 0);
}
