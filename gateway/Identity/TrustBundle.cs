using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sallyport.Gateway.Identity;

/// <summary>What one trust domain's identities are verified with: the certificates of its authorities, DER. Vouches for that domain and for no other.</summary>
internal sealed class TrustBundle
{
    /// <summary>How many authorities one trust domain can have here.</summary>
    public const int MostCertificates = 128;

    private TrustBundle(TrustDomain domain, IReadOnlyList<byte[]> certificates) => (TrustDomain, Certificates) = (domain, certificates);

    public TrustDomain TrustDomain { get; }

    /// <summary>DER; at least one. Some may have ended: whether one counts is asked when it vouches.</summary>
    public IReadOnlyList<byte[]> Certificates { get; }

    /// <summary>Takes DER certificates one after the other, as the Workload API gives them.</summary>
    public static bool TryReadDer(TrustDomain domain, ReadOnlyMemory<byte> der, [NotNullWhen(true)] out TrustBundle? bundle, [NotNullWhen(false)] out string? problem)
    {
        bundle = null;
        return CertificateList.TryReadDer(der, MostCertificates, out var certificates, out problem) && TryCreate(domain, certificates, out bundle, out problem);
    }

    /// <summary>Takes a PEM text of certificates.</summary>
    public static bool TryReadPem(TrustDomain domain, ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out TrustBundle? bundle, [NotNullWhen(false)] out string? problem)
    {
        bundle = null;
        return CertificateList.TryReadPem(utf8, MostCertificates, out var certificates, out problem) && TryCreate(domain, certificates, out bundle, out problem);
    }

    /// <summary>Takes certificates in DER. One that cannot be an authority spoils the bundle: whoever gave it meant something else.</summary>
    public static bool TryCreate(TrustDomain domain, IReadOnlyList<byte[]> certificates, [NotNullWhen(true)] out TrustBundle? bundle, [NotNullWhen(false)] out string? problem)
    {
        problem = certificates.Count switch
        {
            0 => "there is no certificate",
            > MostCertificates => $"there are more than {MostCertificates} certificates",
            _ => certificates.Select(Problem).FirstOrDefault(found => found is not null),
        };
        bundle = problem is null ? new TrustBundle(domain, certificates) : null;
        return bundle is not null;
    }

    /// <summary>Whether exactly this certificate is one of the authorities.</summary>
    public bool Holds(ReadOnlySpan<byte> der)
    {
        foreach (var certificate in Certificates)
            if (der.SequenceEqual(certificate)) return true;
        return false;
    }

    private static string? Problem(byte[] der)
    {
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(der);
            return certificate.RawDataMemory.Length == der.Length ? AuthorityRules.Problem(certificate, isAnchor: true) : "data follows a certificate";
        }
        catch (CryptographicException)
        {
            return "a certificate cannot be read";
        }
    }
}
