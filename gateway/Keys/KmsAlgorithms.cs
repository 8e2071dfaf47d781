using System.Security.Cryptography;
using Amazon.KeyManagementService;
using Sallyport.Gateway.Tokens;
using Algorithm = Sallyport.Gateway.Tokens.Algorithm;

namespace Sallyport.Gateway.Keys;

/// <summary>What AWS KMS calls the keys and signatures of RFC 7518 section 3.1.</summary>
/// <remarks>
/// Not EdDSA: KMS signs with Ed25519 over the whole message only (RFC 8032 without prehash), and takes at most 4096 bytes of it. A token may be longer.
/// </remarks>
internal static class KmsAlgorithms
{
    /// <summary>Larger than the SubjectPublicKeyInfo of any key that KMS makes.</summary>
    private const int MaxPublicKeyBytes = 2048;

    public static bool IsMade(Algorithm algorithm) => algorithm.KeyType is KeyType.Ec or KeyType.Rsa;

    /// <summary>The sizes of RSA keys that KMS makes, in bits.</summary>
    public static bool IsMade(int rsaBits) => rsaBits is 2048 or 3072 or 4096;

    /// <summary>What a new key is made by; null where KMS makes none.</summary>
    public static KeySpec? SpecOf(Algorithm algorithm, int rsaBits) => (algorithm.KeyType, algorithm.Curve, rsaBits) switch
    {
        (KeyType.Ec, "P-256", _) => KeySpec.ECC_NIST_P256,
        (KeyType.Ec, "P-384", _) => KeySpec.ECC_NIST_P384,
        (KeyType.Ec, "P-521", _) => KeySpec.ECC_NIST_P521,
        (KeyType.Rsa, _, 2048) => KeySpec.RSA_2048,
        (KeyType.Rsa, _, 3072) => KeySpec.RSA_3072,
        (KeyType.Rsa, _, 4096) => KeySpec.RSA_4096,
        _ => null,
    };

    /// <summary>What one signature is asked for by. Only of algorithms that KMS makes keys for.</summary>
    public static SigningAlgorithmSpec SignatureOf(Algorithm algorithm)
    {
        var bits = algorithm.Hash.Name![3..];
        var family = algorithm.KeyType == KeyType.Ec ? "ECDSA" : algorithm.Padding == RSASignaturePadding.Pss ? "RSASSA_PSS" : "RSASSA_PKCS1_V1_5";
        return SigningAlgorithmSpec.FindValue($"{family}_SHA_{bits}");
    }

    /// <summary>The public half out of a DER SubjectPublicKeyInfo (RFC 5280 section 4.1), with its thumbprint as <c>kid</c>; null where it is no key of this algorithm.</summary>
    public static Jwk? ReadPublicKey(ReadOnlySpan<byte> der, Algorithm algorithm)
    {
        if (der.Length is 0 or > MaxPublicKeyBytes) return null;
        if (!PemKeys.TryRead(PemEncoding.WriteString("PUBLIC KEY", der), out var keys, out _) || keys is not [var key]) return null;
        try
        {
            return new Jwk(key.Material, key.Thumbprint, algorithm);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
