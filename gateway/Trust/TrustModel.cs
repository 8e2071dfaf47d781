using System.Collections.Frozen;

namespace Sallyport.Gateway.Trust;

/// <summary>Every trusted issuer of one configuration, by the exact value of <c>iss</c>.</summary>
internal sealed class TrustModel
{
    private readonly FrozenDictionary<string, TrustedIssuer> _byIssuer;

    public TrustModel(IReadOnlyList<TrustedIssuer> issuers)
    {
        Issuers = issuers;
        _byIssuer = issuers.ToFrozenDictionary(i => i.Options.Issuer, StringComparer.Ordinal);
    }

    public IReadOnlyList<TrustedIssuer> Issuers { get; }

    /// <summary>Null for an issuer that is not trusted: nothing is fetched for it.</summary>
    public TrustedIssuer? Find(string issuer) => _byIssuer.GetValueOrDefault(issuer);
}
