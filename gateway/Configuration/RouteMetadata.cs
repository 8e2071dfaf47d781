using Yarp.ReverseProxy.Configuration;

namespace Sallyport.Gateway.Configuration;

/// <summary>Gives routes back the metadata whose keys hold a colon, such as <c>Sallyport:Token</c>.</summary>
/// <remarks>.NET configuration takes such a key apart, and YARP's parser sees <c>Sallyport</c> without a value.</remarks>
internal static class RouteMetadata
{
    public static IReadOnlyList<RouteConfig> Restore(IConfigurationSection section, IReadOnlyList<RouteConfig> routes) =>
        [.. routes.Select(route => Restore(section.GetSection("Routes").GetSection(route.RouteId).GetSection("Metadata"), route))];

    private static RouteConfig Restore(IConfigurationSection metadata, RouteConfig route)
    {
        if (route.Metadata is null)
            return route;
        var restored = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in ColonNames.Join(metadata))
            restored[name] = value.Value ?? "";
        return route with { Metadata = restored };
    }
}
