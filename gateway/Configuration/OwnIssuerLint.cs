using Sallyport.Gateway.Issuing;
using Sallyport.Gateway.Trust;

namespace Sallyport.Gateway.Configuration;

/// <summary>A trusted issuer that is ourselves: it needs the issuer that it means, and takes access tokens only.</summary>
internal static class OwnIssuerLint
{
    public static IEnumerable<Mistake> Check(TrustedIssuerOptions issuer, JsonPath path, IssuerOptions? own)
    {
        if (issuer.Keys.Kind != KeySourceKind.Own) yield break;
        if (own is null)
        {
            yield return new(path.Member("Keys").Member("Own").Text, "means the issuer of this gateway, but there is none.", "Configure Sallyport.Issuer, or name another source of keys.");
            yield break;
        }

        if (!string.Equals(issuer.Issuer, own.Issuer, StringComparison.Ordinal))
            yield return new(path.Member("Issuer").Text, $"is not Sallyport.Issuer.Issuer, {Quoted.Text(own.Issuer)}, though its keys are our own.", "Leave it out, or write the same.");
        for (var i = 0; i < issuer.Types.Count; i++)
        {
            // Assertions are JWTs: a service that gets one could come back with it.
            if (!issuer.Types[i].Equals(TrustedIssuersSection.AccessToken, StringComparison.OrdinalIgnoreCase))
                yield return new(path.Member("Types").Element(i).Text, $"is {Quoted.Text(issuer.Types[i])}, but of our own tokens only access tokens, at+jwt, are meant for this gateway.", "Take it out.");
        }
    }
}
