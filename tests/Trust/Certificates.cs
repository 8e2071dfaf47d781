using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Trust;

/// <summary>Certificates of test keys, signed by themselves.</summary>
internal static class Certificates
{
    public static X509Certificate2 Of(TestKey key)
    {
        var request = key.Algorithm.StartsWith("ES", StringComparison.Ordinal)
            ? new CertificateRequest("CN=test", key.Ecdsa, HashAlgorithmName.SHA256)
            : new CertificateRequest("CN=test", key.Rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var now = DateTimeOffset.UtcNow;
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
