using System.Security.Cryptography;
using Sallyport.Gateway.Identity;

namespace Sallyport.Tests.Support;

/// <summary>What an authority of a test gives a workload: its chain in DER, the leaf first, and its private key in PKCS #8.</summary>
/// <param name="Id">Whom it was issued to, whatever it says itself.</param>
internal sealed record IssuedSvid(string Id, IReadOnlyList<byte[]> Chain, byte[] Key)
{
    public string ChainPem => string.Concat(Chain.Select(der => PemEncoding.WriteString("CERTIFICATE", der) + "\n"));

    public string KeyPem => PemEncoding.WriteString("PRIVATE KEY", Key) + "\n";

    /// <summary>As the gateway takes it, which must not refuse it.</summary>
    public X509Svid Taken(TrustBundles bundles, DateTimeOffset? at = null)
    {
        Assert.True(X509Svid.TryCreate(Chain, Key, bundles, at ?? DateTimeOffset.UtcNow, out var svid, out var problem), problem);
        return svid;
    }
}
