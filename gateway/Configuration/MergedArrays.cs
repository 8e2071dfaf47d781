namespace Sallyport.Gateway.Configuration;

/// <summary>Finds arrays that two sources give differently.</summary>
/// <remarks>.NET configuration merges arrays element by element, so the tail of a longer one shows through a shorter one
/// that comes later, and an audience that somebody took out would still be there, or a method of a route. Where both have the same shape, the
/// later replaces the earlier whole, and that is what anybody means.</remarks>
internal static class MergedArrays
{
    private const int Deepest = 64;

    /// <param name="section">The merged section.</param>
    /// <param name="providers">The sources behind it, the later one winning.</param>
    public static IEnumerable<Mistake> Check(IConfigurationSection section, IEnumerable<IConfigurationProvider> providers) =>
        Check(section, JsonPath.Root.Member(section.Key), [.. providers], 0);

    private static IEnumerable<Mistake> Check(IConfigurationSection section, JsonPath path, IConfigurationProvider[] providers, int depth)
    {
        var children = section.GetChildren().ToList();
        if (children.Count == 0 || depth == Deepest)
            yield break;
        if (children.Exists(StringArray.IsElement))
        {
            if (Difference(section.Path, providers) is var (earlier, later))
                yield return new(path.Text, $"is given by {Name(earlier)} and, with other elements, by {Name(later)}; .NET configuration would mix the two.", "Give the whole array in one of them.");
            yield break;
        }

        foreach (var mistake in children.SelectMany(child => Check(child, path.Member(child.Key), providers, depth + 1)))
            yield return mistake;
    }

    /// <summary>The first two sources in which the array has not the same shape.</summary>
    private static (IConfigurationProvider Earlier, IConfigurationProvider Later)? Difference(string path, IConfigurationProvider[] providers)
    {
        (IConfigurationProvider Provider, HashSet<string> Shape)? first = null;
        foreach (var provider in providers)
        {
            var shape = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            Collect(provider, path, "", shape, 0);
            if (shape.Count == 0)
                continue;
            if (first is null)
                first = (provider, shape);
            else if (!first.Value.Shape.SetEquals(shape))
                return (first.Value.Provider, provider);
        }

        return null;
    }

    /// <summary>Collects the keys below an array to which a source gives a value; the array itself counts as the empty key.</summary>
    private static void Collect(IConfigurationProvider provider, string path, string relative, HashSet<string> shape, int depth)
    {
        if (provider.TryGet(path, out _))
            shape.Add(relative);
        if (depth == Deepest)
            return;
        foreach (var child in provider.GetChildKeys([], path).Distinct(StringComparer.OrdinalIgnoreCase))
            Collect(provider, ConfigurationPath.Combine(path, child), relative + ":" + child, shape, depth + 1);
    }

    private static string Name(IConfigurationProvider provider) => provider switch
    {
        JsonFileProvider file => file.File,
        Microsoft.Extensions.Configuration.EnvironmentVariables.EnvironmentVariablesConfigurationProvider => "the environment variables",
        _ => provider.ToString() ?? provider.GetType().Name,
    };
}
