using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sallyport.Gateway.Identity;

/// <summary>Whether a chain of certificates is the X.509-SVID of a workload (X.509-SVID, section 5).</summary>
/// <remarks>
/// 1. The chain can be read, and is short.
/// 2. The leaf names one workload and does nothing but sign (<see cref="LeafRules"/>).
/// 3. The bundle of the workload's own trust domain is there: no other is asked, whatever it would vouch for.
/// 4. A path of signatures leads from the leaf to that bundle, and all of it holds at the moment in question (<see cref="SvidPath"/>).
/// It needs nothing but its arguments: no network, no store of the machine. So it says the same of a past moment, anywhere.
/// </remarks>
internal static class SvidCheck
{
    /// <summary>The leaf and what stands between it and the bundle.</summary>
    public const int MostCertificates = 8;

    /// <summary>Null when the chain is one, and whom it names; else a clause about it.</summary>
    /// <param name="chain">DER, the leaf first.</param>
    /// <param name="bundles">Who vouches for whom.</param>
    /// <param name="at">The moment at which it should hold.</param>
    /// <param name="id">Null unless all is well.</param>
    public static string? Check(IReadOnlyList<byte[]> chain, TrustBundles bundles, DateTimeOffset at, out SpiffeId? id)
    {
        id = null;
        if (chain.Count is 0 or > MostCertificates) return $"the chain does not have 1 to {MostCertificates} certificates";
        var opened = new List<X509Certificate2>();
        try
        {
            // 1
            foreach (var der in chain)
            {
                opened.Add(X509CertificateLoader.LoadCertificate(der));
                if (opened[^1].RawDataMemory.Length != der.Length) return "data follows a certificate";
            }

            // 2
            if (LeafRules.Problem(opened[0], out var named) is { } problem) return problem;

            // 3
            if (bundles.Find(named!.TrustDomain) is not { } bundle) return $"there is no trust bundle of its trust domain {named.TrustDomain}";

            // 4
            if (SvidPath.Problem(opened, bundle, at) is { } broken) return broken;
            id = named;
            return null;
        }
        catch (Exception e) when (e is CryptographicException or PlatformNotSupportedException)
        {
            return "a certificate cannot be read";
        }
        finally
        {
            opened.ForEach(certificate => certificate.Dispose());
        }
    }
}
