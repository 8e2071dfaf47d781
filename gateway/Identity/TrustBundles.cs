using System.Collections.Frozen;

namespace Sallyport.Gateway.Identity;

/// <summary>The bundles of our own trust domain and of those that it federates with, kept apart by domain. Does not change.</summary>
internal sealed class TrustBundles
{
    private readonly FrozenDictionary<TrustDomain, TrustBundle> _bundles;

    /// <exception cref="ArgumentException">Two are of one trust domain.</exception>
    public TrustBundles(params IEnumerable<TrustBundle> bundles)
    {
        var byDomain = new Dictionary<TrustDomain, TrustBundle>();
        foreach (var bundle in bundles) byDomain.Add(bundle.TrustDomain, bundle);
        _bundles = byDomain.ToFrozenDictionary();
    }

    public static TrustBundles None { get; } = new();

    public int Count => _bundles.Count;

    public IEnumerable<TrustDomain> TrustDomains => _bundles.Keys;

    /// <summary>Whether both hold the same certificates for the same trust domains, in whatever order.</summary>
    public bool IsSameAs(TrustBundles other) =>
        Count == other.Count && _bundles.Values.All(bundle =>
            other.Find(bundle.TrustDomain) is { } twin && twin.Certificates.Count == bundle.Certificates.Count && bundle.Certificates.All(der => twin.Holds(der)));

    /// <summary>Null when nobody here vouches for that domain.</summary>
    public TrustBundle? Find(TrustDomain domain) => _bundles.GetValueOrDefault(domain);
}
