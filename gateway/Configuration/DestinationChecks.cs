using Yarp.ReverseProxy.Configuration;

namespace Sallyport.Gateway.Configuration;

/// <summary>Where clusters send requests. YARP looks at an address only when a request needs it, and then answers 502.</summary>
internal static class DestinationChecks
{
    public static IEnumerable<Mistake> Check(IReadOnlyList<ClusterConfig> clusters)
    {
        foreach (var cluster in clusters)
        {
            foreach (var (name, destination) in cluster.Destinations ?? new Dictionary<string, DestinationConfig>())
            {
                // YARP itself refuses an empty one.
                if (string.IsNullOrEmpty(destination.Address)) continue;
                if (Uri.TryCreate(destination.Address, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && address.Host.Length > 0) continue;
                var path = JsonPath.ReverseProxy.Member("Clusters").Member(cluster.ClusterId).Member("Destinations").Member(name).Member("Address");
                yield return new(path.Text, "is no http or https URL.", "Write scheme, host and port: \"http://127.0.0.1:5000\".");
            }
        }
    }
}
