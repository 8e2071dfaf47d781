using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Sallyport.Gateway.Identity;
using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Attestation;

/// <summary>What the first certificate of a chain says, believed by nobody yet.</summary>
internal static class SvidLeaf
{
    /// <returns>Its key; null where it cannot be read.</returns>
    public static Jwk? Read(byte[] der, out DateTimeOffset begins)
    {
        begins = default;
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(der);
            begins = new DateTimeOffset(certificate.NotBefore.ToUniversalTime());
            return CertificateKey.Read(certificate, out _);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
