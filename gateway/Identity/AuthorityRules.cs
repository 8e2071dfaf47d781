using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sallyport.Gateway.Identity;

/// <summary>What a certificate must be that signs others (X.509-SVID, sections 3.2 and 4).</summary>
internal static class AuthorityRules
{
    /// <summary>A clause about the certificate, or null.</summary>
    /// <param name="certificate">Of an authority.</param>
    /// <param name="isAnchor">Whether a bundle names it: such a one need not say what its key is for (RFC 5280 section 6.1.1 d),
    /// because roots from elsewhere, above the authorities of SPIFFE, often do not.</param>
    public static string? Problem(X509Certificate2 certificate, bool isAnchor)
    {
        try
        {
            if (certificate.HasTwice()) return "the certificate of an authority has an extension twice";
            if (certificate.Find<X509BasicConstraintsExtension>() is not { CertificateAuthority: true }) return "the certificate of an authority does not say that it is one (CA)";
            var usage = certificate.Find<X509KeyUsageExtension>();
            if (usage is null && !isAnchor) return "the certificate of an authority does not say what its key is for (keyUsage)";
            if (usage is not null && !usage.KeyUsages.HasFlag(X509KeyUsageFlags.KeyCertSign)) return "the key of an authority is not for signing certificates (keyCertSign)";
            foreach (var uri in certificate.UriNames(out _).Where(uri => uri.StartsWith("spiffe:", StringComparison.OrdinalIgnoreCase)))
                if (!SpiffeId.TryParse(uri, out var id) || id.HasPath) return "the SPIFFE ID of an authority is not that of a trust domain";
            return null;
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException)
        {
            return "an extension in the certificate of an authority cannot be read";
        }
    }
}
