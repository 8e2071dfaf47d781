using System.Diagnostics.CodeAnalysis;
using Sallyport.Gateway.Identity.Workload;

namespace Sallyport.Gateway.Identity;

/// <summary>One message of the Workload API, taken or refused as a whole.</summary>
internal static class WorkloadUpdate
{
    private const int MostIdentities = 256;
    private const int MostFederated = 256;

    /// <param name="response">A message.</param>
    /// <param name="wanted">Which identity to take; null for the first (SPIFFE Workload API, section 5.3).</param>
    /// <param name="at">Now.</param>
    /// <param name="snapshot">Null when it is refused.</param>
    /// <param name="problem">Why: a clause.</param>
    public static bool TryRead(
        X509SVIDResponse response, SpiffeId? wanted, DateTimeOffset at, [NotNullWhen(true)] out IdentitySnapshot? snapshot, [NotNullWhen(false)] out string? problem)
    {
        snapshot = null;
        if (response.Svids.Count is 0 or > MostIdentities)
        {
            problem = response.Svids.Count == 0 ? "it holds no identity" : $"it holds more than {MostIdentities} identities";
            return false;
        }

        var given = wanted is null ? response.Svids[0] : response.Svids.FirstOrDefault(svid => string.Equals(svid.SpiffeId, wanted.ToString(), StringComparison.Ordinal));
        if (given is null)
        {
            problem = $"{wanted} is not among its {response.Svids.Count} identities";
            return false;
        }

        if (!SpiffeId.TryParse(given.SpiffeId, out var id, out problem))
        {
            problem = $"the name of its identity is no SPIFFE ID: {problem}";
            return false;
        }

        problem = Bundles(response, given, id.TrustDomain, out var bundles) ?? Svid(given, id, bundles!, at, out snapshot);
        return problem is null;
    }

    private static string? Svid(X509SVID given, SpiffeId id, TrustBundles bundles, DateTimeOffset at, out IdentitySnapshot? snapshot)
    {
        snapshot = null;
        if (!CertificateList.TryReadDer(given.X509Svid.Memory, SvidCheck.MostCertificates, out var chain, out var problem)) return $"the certificates of {id}: {problem}";
        if (!X509Svid.TryCreate(chain, given.X509SvidKey.Span, bundles, at, out var svid, out problem)) return $"the SVID of {id}: {problem}";
        if (svid.Id != id)
        {
            svid.Dispose();
            return $"the SVID of {id} names {svid.Id}";
        }

        snapshot = new IdentitySnapshot(svid, bundles);
        return null;
    }

    private static string? Bundles(X509SVIDResponse response, X509SVID given, TrustDomain own, out TrustBundles? bundles)
    {
        bundles = null;
        if (!TrustBundle.TryReadDer(own, given.Bundle.Memory, out var bundle, out var problem)) return $"the bundle of {own}: {problem}";
        if (response.FederatedBundles.Count > MostFederated) return $"it holds bundles of more than {MostFederated} trust domains";
        var all = new List<TrustBundle> { bundle };
        foreach (var (name, der) in response.FederatedBundles)
        {
            if (!name.StartsWith(SpiffeId.Prefix, StringComparison.Ordinal) || !TrustDomain.TryParse(name, out var domain)) return "a federated bundle is not of the SPIFFE ID of a trust domain";
            if (domain == own) return $"our own trust domain {own} is among those that it federates with";
            // A trust domain that has no authorities for certificates, only for JWTs.
            if (der.IsEmpty) continue;
            if (!TrustBundle.TryReadDer(domain, der.Memory, out var federated, out problem)) return $"the bundle of {domain}: {problem}";
            all.Add(federated);
        }

        bundles = new TrustBundles(all);
        return null;
    }
}
