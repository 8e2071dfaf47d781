using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sallyport.Gateway.Identity;

/// <summary>What a certificate must be that names a workload (X.509-SVID, sections 2, 3.1, 4 and 5.2).</summary>
internal static class LeafRules
{
    // RFC 5280 section 4.2.1.12.
    private const string ServerAuth = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuth = "1.3.6.1.5.5.7.3.2";

    /// <summary>A clause about the certificate, or null and whom it names.</summary>
    public static string? Problem(X509Certificate2 certificate, out SpiffeId? id)
    {
        id = null;
        try
        {
            if (certificate.HasTwice()) return "it has an extension twice";
            if (certificate.Find<X509BasicConstraintsExtension>() is { CertificateAuthority: true }) return "it is the certificate of an authority (CA), which names no workload";
            return UsageProblem(certificate.Find<X509KeyUsageExtension>())
                ?? ExtendedUsageProblem(certificate.Find<X509EnhancedKeyUsageExtension>())
                ?? NameProblem(certificate, out id);
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException)
        {
            return "one of its extensions cannot be read";
        }
    }

    private static string? UsageProblem(X509KeyUsageExtension? usage) => usage switch
    {
        null => "it does not say what its key is for (keyUsage)",
        { Critical: false } => "its keyUsage is not critical",
        _ when !usage.KeyUsages.HasFlag(X509KeyUsageFlags.DigitalSignature) => "its key is not for signatures (digitalSignature)",
        _ when (usage.KeyUsages & (X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign)) != X509KeyUsageFlags.None => "its key is for signing certificates or revocation lists (keyCertSign, cRLSign)",
        _ => null,
    };

    private static string? ExtendedUsageProblem(X509EnhancedKeyUsageExtension? usage)
    {
        if (usage is null) return null;
        var purposes = usage.EnhancedKeyUsages.Cast<Oid>().Select(purpose => purpose.Value).ToHashSet(StringComparer.Ordinal);
        return purposes.Contains(ServerAuth) && purposes.Contains(ClientAuth) ? null : "its extendedKeyUsage does not name both serverAuth and clientAuth";
    }

    private static string? NameProblem(X509Certificate2 certificate, out SpiffeId? id)
    {
        id = null;
        if (certificate.UriNames(out var isCritical) is not [var uri]) return "it does not have exactly one URI among its names (subjectAltName)";
        if (!SpiffeId.TryParse(uri, out var found, out var problem)) return $"its URI is no SPIFFE ID: {problem}";
        if (!found.HasPath) return "its SPIFFE ID has no path, so it names a trust domain and no workload";
        // RFC 5280 section 4.1.2.6: without a subject, the other name is the only one and has to be understood.
        if (certificate.SubjectName.RawData is [0x30, 0x00] && !isCritical) return "it has no subject, and its subjectAltName is not critical";
        id = found;
        return null;
    }
}
