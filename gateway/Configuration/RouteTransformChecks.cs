using Sallyport.Gateway.Proxy;
using Yarp.ReverseProxy.Configuration;

namespace Sallyport.Gateway.Configuration;

/// <summary>Refuses transforms that would write an identity header: only a verified token may.</summary>
internal static class RouteTransformChecks
{
    /// <summary>Keys of YARP's transforms whose value is the name of a header that they write.</summary>
    private static readonly string[] HeaderKeys = ["RequestHeader", "RequestHeaderRouteValue", "ClientCert"];

    /// <summary>What the X-Forwarded transforms put after their <c>HeaderPrefix</c>.</summary>
    private static readonly string[] ForwardedNames = ["For", "Host", "Proto", "Prefix"];

    /// <param name="route">The route.</param>
    /// <param name="path">Where it stands.</param>
    /// <param name="prefix">That of identity headers.</param>
    /// <param name="assertion">The header of assertions; null for none.</param>
    /// <param name="isAuthorizationOurs">Whether the route's cluster takes its assertions from Authorization.</param>
    public static IEnumerable<Mistake> Check(RouteConfig route, JsonPath path, string prefix, string? assertion, bool isAuthorizationOurs)
    {
        var identity = new HeaderFolding(prefix);
        var all = new HeaderFolding(prefix, assertion);
        const string Mend = "Take it out; Sallyport.Issuer.Assertions says which claims go into it.";
        for (var i = 0; i < route.Transforms?.Count; i++)
        {
            foreach (var (key, value) in route.Transforms[i])
            {
                var written = Written(key, value ?? "").ToList();
                if (written.Exists(header => !identity.IsIdentityHeader(header) && (all.IsIdentityHeader(header) || (isAuthorizationOurs && header.Equals(assertion, StringComparison.OrdinalIgnoreCase)))))
                    yield return new(path.Member("Transforms").Element(i).Member(key).Text, $"writes {Quoted.Text(assertion!)}, the header of the gateway's assertions.", Mend);
                if (written.Exists(identity.IsIdentityHeader))
                    yield return new(path.Member("Transforms").Element(i).Member(key).Text, $"writes a header that begins with the identity prefix {Quoted.Text(prefix)}.", "Take it out; Sallyport.Forwarding says which claims go into headers.");
            }
        }
    }

    private static IEnumerable<string> Written(string key, string value)
    {
        if (HeaderKeys.Contains(key, StringComparer.OrdinalIgnoreCase))
            return [value];
        return key.Equals("HeaderPrefix", StringComparison.OrdinalIgnoreCase) ? ForwardedNames.Select(name => value + name) : [];
    }
}
