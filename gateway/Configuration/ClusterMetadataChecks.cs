using Sallyport.Gateway.Issuing;
using Yarp.ReverseProxy.Configuration;

namespace Sallyport.Gateway.Configuration;

/// <summary>Checks the metadata of clusters that is meant for Sallyport: the keys that begin with <c>Sallyport:</c>.</summary>
internal static class ClusterMetadataChecks
{
    /// <summary>The audience of the assertions for the services of a cluster.</summary>
    public const string Audience = "Sallyport:Audience";

    private const int LongestAudience = 1024;

    public static IEnumerable<Mistake> Check(IReadOnlyList<ClusterConfig> clusters, IssuerOptions? issuer)
    {
        foreach (var cluster in clusters)
        {
            foreach (var (key, value) in cluster.Metadata ?? new Dictionary<string, string>(StringComparer.Ordinal))
            {
                var at = JsonPath.ReverseProxy.Member("Clusters").Member(cluster.ClusterId).Member("Metadata").Member(key).Text;
                if (!RouteMetadataChecks.IsOurs(key)) continue;
                if (!key.Equals(Audience, StringComparison.OrdinalIgnoreCase))
                    yield return new(at, "is not a key that Sallyport knows for a cluster.", Suggestion.Mend(key, [Audience], ""));
                else if (string.IsNullOrWhiteSpace(value))
                    yield return new(at, "is empty.", "Write the value of aud that means the services of this cluster, or take it out.");
                else if (value != value.Trim() || value.Any(char.IsControl) || value.Length > LongestAudience)
                    yield return new(at, "has outer spaces or control characters, or is too long.", $"Write the exact value of aud, up to {LongestAudience} characters.");
                else if (issuer is null)
                    yield return new(at, "asks for assertions, but there is no issuer that could sign them.", "Configure Sallyport.Issuer, or take it out.");
            }
        }
    }

    /// <summary>The audience of a cluster, if its services get assertions.</summary>
    public static string? AudienceOf(ClusterConfig cluster) =>
        cluster.Metadata?.FirstOrDefault(pair => pair.Key.Equals(Audience, StringComparison.OrdinalIgnoreCase)).Value;
}
