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

    /// <summary>Whether the key is meant for Sallyport.</summary>
    public static bool IsOurs(string key) =>
        key.Equals(Ours, StringComparison.OrdinalIgnoreCase) || key.StartsWith(Ours + ":", StringComparison.OrdinalIgnoreCase);

    /// <param name="route">The route.</param>
    /// <param name="path">Where it stands.</param>
    /// <param name="isReplaced">Whether an assertion takes the place of the client's token on this route.</param>
    public static IEnumerable<Mistake> Check(RouteConfig route, JsonPath path, bool isReplaced)
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
                else if (value == "Keep" && isReplaced)
                    yield return new(at.Text, "keeps the client's token, but the cluster's assertion takes its place in Authorization.", "Take it out, or name another header in Sallyport.Issuer.Assertions.Header.");
            }
            else if (key.Equals(ClusterMetadataChecks.Audience, StringComparison.OrdinalIgnoreCase))
                yield return new(at.Text, "is a key for the Metadata of a cluster.", "Put it there: all routes to the cluster then bring assertions.");
            else if (IsOurs(key))
                yield return new(at.Text, "is not a key that Sallyport knows.", Suggestion.Mend(key, [Token], ""));
        }
    }
}
