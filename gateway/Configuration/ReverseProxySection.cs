using Yarp.ReverseProxy.Configuration;

namespace Sallyport.Gateway.Configuration;

/// <summary>Reads YARP's own section with YARP's own parser.</summary>
internal static class ReverseProxySection
{
    /// <summary>Every route and cluster that YARP can read; a <see cref="Mistake"/> for each that it cannot.</summary>
    public static (IReadOnlyList<RouteConfig> Routes, IReadOnlyList<ClusterConfig> Clusters) Read(IConfigurationSection section, List<Mistake> mistakes)
    {
        var reader = SectionReader.Of(section, JsonPath.ReverseProxy, mistakes);
        reader.Knows("Routes", "Clusters");
        reader.Finish();
        var (whole, failure) = Parse(section);
        if (failure is null)
            return (ColonMetadata.Restore(section, whole.Routes), ColonMetadata.Restore(section, whole.Clusters));

        // The parser's exception does not say where: each part alone does.
        var before = mistakes.Count;
        foreach (var kind in (string[])["Routes", "Clusters"])
        {
            foreach (var part in section.GetSection(kind).GetChildren())
            {
                if (Parse(Alone(section, part)).Failure is { } reason)
                    mistakes.Add(new(JsonPath.ReverseProxy.Member(kind).Member(part.Key).Text, $"cannot be read: {reason}", "Write it as YARP documents it."));
            }
        }

        if (mistakes.Count == before)
            mistakes.Add(new(JsonPath.ReverseProxy.Text, $"cannot be read: {failure}", "Write it as YARP documents it."));
        return ([], []);
    }

    private static ((IReadOnlyList<RouteConfig> Routes, IReadOnlyList<ClusterConfig> Clusters) Read, string? Failure) Parse(IConfiguration section)
    {
        using var services = new ServiceCollection().AddLogging().AddReverseProxy().LoadFromConfig(section).Services.BuildServiceProvider();
        try
        {
            var config = services.GetRequiredService<IProxyConfigProvider>().GetConfig();
            return ((config.Routes, config.Clusters), null);
        }
#pragma warning disable CA1031 // The parser throws whatever its conversions throw; each is an answer about the text.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return (([], []), exception.Message);
        }
    }

    private static IConfigurationRoot Alone(IConfigurationSection section, IConfigurationSection part)
    {
        var start = section.Path.Length + 1;
        return new ConfigurationBuilder()
            .AddInMemoryCollection(part.AsEnumerable().Select(pair => KeyValuePair.Create(pair.Key[start..], pair.Value)))
            .Build();
    }
}
