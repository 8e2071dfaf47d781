using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Identity;

/// <summary>Which keys and signatures of certificates are believed: RSA of 2048 to 8192 bits and the curves P-256, P-384 and P-521, with SHA-2.</summary>
internal static class CertificateKey
{
    // RFC 4055 section 5 (RSA PKCS #1 v1.5 and PSS), RFC 5758 section 3.2 (ECDSA).
    private static readonly HashSet<string> Signatures = new(StringComparer.Ordinal)
    {
        "1.2.840.113549.1.1.10", "1.2.840.113549.1.1.11", "1.2.840.113549.1.1.12", "1.2.840.113549.1.1.13",
        "1.2.840.10045.4.3.2", "1.2.840.10045.4.3.3", "1.2.840.10045.4.3.4",
    };

    /// <summary>The public key with its thumbprint for a name and the algorithm that it is for here; or null, and a clause about it.</summary>
    public static Jwk? Read(X509Certificate2 certificate, out string? problem)
    {
        if (!Jwk.TryReadPem(PemEncoding.WriteString("CERTIFICATE", certificate.RawDataMemory.Span), out var keys, out _) || keys is not [var key])
        {
            problem = "its key is none of RSA from 2048 bits, P-256, P-384 and P-521";
            return null;
        }

        var algorithm = Algorithm.All.FirstOrDefault(row => row.KeyType is KeyType.Rsa or KeyType.Ec && key.Fits(row));
        // The table has ES before RS before PS: so RSA keys sign RS256, which everybody verifies.
        problem = algorithm is null ? "its key is none of RSA from 2048 bits, P-256, P-384 and P-521" : null;
        return algorithm is null ? null : new Jwk(key.Material, key.Thumbprint, algorithm);
    }

    /// <summary>Whether its issuer signed it with something that still proves anything.</summary>
    public static bool IsSignedWell(X509Certificate2 certificate) => Signatures.Contains(certificate.SignatureAlgorithm.Value ?? "");
}
