using Yarp.ReverseProxy.Configuration;

namespace Sallyport.Gateway.Configuration;

/// <summary>Checks the metadata of a route that is meant for Sallyport: the keys that begin with <c>Sallyport:</c>.</summary>
internal static class RouteMetadataChecks
{
    /// <summary><c>Keep</c> or <c>Strip</c>: whether the upstream gets the client's token.</summary>
    public const string Token = "Sallyport:Token";

    /// <summary>Set by the gateway itself when it loads a route.</summary>
    public const string Revision = "Sallyport:Revision";

    private const string Ours = "Sallyport";

    public static IEnumerable<Mistake> Check(RouteConfig route, JsonPath path)
    {
        foreach (var (key, value) in route.Metadata ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            var at = path.Member("Metadata").Member(key);
            if (key.Equals(Revision, StringComparison.OrdinalIgnoreCase))
                yield return new(at.Text, "is a key that the gateway sets itself.", "Take it out.");
            else if (key.Equals(Token, StringComparison.OrdinalIgnoreCase))
            {
                if (value is not ("Keep" or "Strip"))
                    yield return new(at.Text, $"is {Quoted.Text(value ?? "")}.", "Write \"Keep\" or \"Strip\".");
            }
            else if (key.Equals(Ours, StringComparison.OrdinalIgnoreCase) || key.StartsWith(Ours + ":", StringComparison.OrdinalIgnoreCase))
                yield return new(at.Text, "is not a key that Sallyport knows.", Suggestion.Mend(key, [Token], ""));
        }
    }
}
