using Yarp.ReverseProxy.Configuration;

namespace Sallyport.Gateway.Configuration;

/// <summary>Gives routes and clusters back the metadata whose keys hold a colon, such as <c>Sallyport:Token</c>.</summary>
/// <remarks>.NET configuration takes such a key apart, and YARP's parser sees <c>Sallyport</c> without a value.</remarks>
internal static class ColonMetadata
{
    public static IReadOnlyList<RouteConfig> Restore(IConfigurationSection section, IReadOnlyList<RouteConfig> routes) =>
        [.. routes.Select(route => route.Metadata is null ? route : route with { Metadata = Read(section, "Routes", route.RouteId) })];

    public static IReadOnlyList<ClusterConfig> Restore(IConfigurationSection section, IReadOnlyList<ClusterConfig> clusters) =>
        [.. clusters.Select(cluster => cluster.Metadata is null ? cluster : cluster with { Metadata = Read(section, "Clusters", cluster.ClusterId) })];

    private static Dictionary<string, string> Read(IConfigurationSection section, string kind, string name)
    {
        var restored = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in ColonNames.Join(section.GetSection(kind).GetSection(name).GetSection("Metadata")))
            restored[key] = value.Value ?? "";
        return restored;
    }
}
