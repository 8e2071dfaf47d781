using System.Net;
using Sallyport.Gateway.Trust;

namespace Sallyport.Gateway.Configuration;

/// <summary>Rules on the addresses from which keys are fetched. No message repeats an address.</summary>
internal static class KeyAddressLint
{
    public static IEnumerable<Mistake> Check(TrustedIssuerOptions issuer, JsonPath path, ReadingContext context)
    {
        if (issuer.Keys.Kind == KeySourceKind.JwksUri && issuer.Keys.JwksUri is { } jwksUri)
            return Fetchable(jwksUri, path.Member("Keys").Member("JwksUri"), context);
        if (issuer.Keys.Kind is KeySourceKind.Derived or KeySourceKind.Discovery && issuer.Issuer.Length > 0)
            return Discoverable(issuer, path.Member("Issuer"), context);
        return [];
    }

    public static IEnumerable<Mistake> JwksUrisDiffer(IReadOnlyList<TrustedIssuerOptions> issuers)
    {
        foreach (var same in issuers.Where(issuer => issuer.Keys.JwksUri is not null).GroupBy(issuer => issuer.Keys.JwksUri!.AbsoluteUri, StringComparer.Ordinal))
        {
            foreach (var second in same.Skip(1))
                yield return new(Lint.PathOf(second).Member("Keys").Member("JwksUri").Text, $"is the same as that of {Quoted.Text(same.First().Name)}: either issuer could sign for the other.", "Give each issuer its own key set.");
        }
    }

    /// <summary>What OpenID Connect Discovery 1.0 section 3 and RFC 8414 section 2 ask of an issuer whose metadata is to be found.</summary>
    private static IEnumerable<Mistake> Discoverable(TrustedIssuerOptions issuer, JsonPath at, ReadingContext context)
    {
        const string Mend = "Write the issuer's URL, or name the source of its keys in Keys.";
        if (!Uri.TryCreate(issuer.Issuer, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Host.Length == 0)
            return [new(at.Text, "is no http or https URL, so its keys cannot be found from it.", Mend)];
        if (url.UserInfo.Length > 0)
            return [new(at.Text, "holds a user name or password.", "Take the part before the @ out of the URL.")];
        if (issuer.Issuer.AsSpan().IndexOfAny('?', '#') >= 0)
            return [new(at.Text, "has a query or fragment, so its keys cannot be found from it.", Mend)];
        return Fetchable(url, at, context);
    }

    private static IEnumerable<Mistake> Fetchable(Uri url, JsonPath at, ReadingContext context)
    {
        if (url.Scheme != "https" && !context.IsDevelopment)
            yield return new(at.Text, "is fetched over http, where anybody on the way can put in keys.", "Use https; http is for the Development environment.");
        if (IPAddress.TryParse(url.DnsSafeHost, out var address) && ForbiddenAddress.Is(address))
            yield return new(at.Text, "is a link-local address, where clouds keep their credentials.", "Use the address of a real server.");
    }
}
