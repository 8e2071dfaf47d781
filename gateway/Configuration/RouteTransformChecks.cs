using System.Text;
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
        for (var i = 0; i < route.Transforms?.Count; i++)
        {
            foreach (var (key, value) in route.Transforms[i])
            {
                if (Written(key, value ?? "").Any(header => Fold(header).StartsWith(Fold(prefix), StringComparison.Ordinal)))
                    yield return new(path.Member("Transforms").Element(i).Member(key).Text, $"writes a header that begins with the identity prefix {Quoted.Text(prefix)}.", "Take it out; Sallyport.Forwarding says which claims go into headers.");
            }
        }
    }

    /// <summary>Lower case, with every run of other characters than letters and digits as one hyphen: how lax upstreams compare headers.</summary>
    public static string Fold(string header)
    {
        var folded = new StringBuilder(header.Length);
        foreach (var c in header)
        {
            if (char.IsAsciiLetterOrDigit(c))
                folded.Append(char.ToLowerInvariant(c));
            else if (folded.Length == 0 || folded[^1] != '-')
                folded.Append('-');
        }

        return folded.ToString();
    }

    private static IEnumerable<string> Written(string key, string value)
    {
        if (HeaderKeys.Contains(key, StringComparer.OrdinalIgnoreCase))
            return [value];
        return key.Equals("HeaderPrefix", StringComparison.OrdinalIgnoreCase) ? ForwardedNames.Select(name => value + name) : [];
    }
}
