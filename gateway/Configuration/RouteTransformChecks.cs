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

    public static IEnumerable<Mistake> Check(RouteConfig route, JsonPath path, string prefix)
    {
        var folding = new HeaderFolding(prefix);
        for (var i = 0; i < route.Transforms?.Count; i++)
        {
            foreach (var (key, value) in route.Transforms[i])
            {
                if (Written(key, value ?? "").Any(folding.IsIdentityHeader))
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
