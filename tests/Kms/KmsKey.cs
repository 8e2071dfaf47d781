using System.Security.Cryptography;

namespace Sallyport.Tests.Kms;

/// <summary>A key in <see cref="KmsServer"/>, with a real private key behind it.</summary>
internal sealed class KmsKey : IDisposable
{
    public KmsKey(string spec) =>
        (Spec, Private) = (spec, spec switch
        {
            "ECC_NIST_P256" => ECDsa.Create(ECCurve.NamedCurves.nistP256),
            "ECC_NIST_P384" => ECDsa.Create(ECCurve.NamedCurves.nistP384),
            "ECC_NIST_P521" => ECDsa.Create(ECCurve.NamedCurves.nistP521),
            _ => RSA.Create(int.Parse(spec.AsSpan("RSA_".Length), System.Globalization.CultureInfo.InvariantCulture)),
        });

    public string Id { get; } = Guid.NewGuid().ToString();

    public string Arn => $"arn:aws:kms:{KmsServer.Region}:111122223333:key/{Id}";

    public string Spec { get; }

    public AsymmetricAlgorithm Private { get; }

    public string State { get; set; } = "Enabled";

    public string Description { get; init; } = "";

    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>Another key that signs in its place; null for none.</summary>
    public KmsKey? Impostor { get; set; }

    public byte[] PublicKey => Private.ExportSubjectPublicKeyInfo();

    public IEnumerable<string> Algorithms => Private is ECDsa
        ? [Spec switch { "ECC_NIST_P256" => "ECDSA_SHA_256", "ECC_NIST_P384" => "ECDSA_SHA_384", _ => "ECDSA_SHA_512" }]
        : from padding in new[] { "RSASSA_PKCS1_V1_5", "RSASSA_PSS" } from bits in new[] { 256, 384, 512 } select $"{padding}_SHA_{bits}";

    /// <summary>DER for ECDSA, as KMS answers.</summary>
    public byte[] Sign(byte[] digest, string algorithm)
    {
        lock (Private)
        {
            if (Private is ECDsa ecdsa) return ecdsa.SignHash(digest, DSASignatureFormat.Rfc3279DerSequence);
            var hash = new HashAlgorithmName("SHA" + algorithm[^3..]);
            return ((RSA)Private).SignHash(digest, hash, algorithm.Contains("PSS", StringComparison.Ordinal) ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1);
        }
    }

    public void Dispose() => Private.Dispose();
}
