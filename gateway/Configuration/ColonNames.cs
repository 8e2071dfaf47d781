namespace Sallyport.Gateway.Configuration;

/// <summary>Puts names together again that .NET configuration took apart at their colons.</summary>
/// <remarks>Claim names are often URLs, and <c>"https://example.com/roles"</c> arrives as <c>https</c> with a child <c>//example.com/roles</c>.</remarks>
internal static class ColonNames
{
    private const int Deepest = 16;

    /// <summary>Every value or array below <paramref name="section"/>, with its name in full.</summary>
    public static IEnumerable<(string Name, IConfigurationSection Value)> Join(IConfigurationSection section) => Join(section, "", 0);

    private static IEnumerable<(string Name, IConfigurationSection Value)> Join(IConfigurationSection section, string prefix, int depth)
    {
        foreach (var child in section.GetChildren())
        {
            var name = prefix + child.Key;
            var inner = child.GetChildren().ToList();
            if (inner.Count == 0 || inner.TrueForAll(StringArray.IsElement) || depth == Deepest)
                yield return (name, child);
            else
            {
                foreach (var joined in Join(child, name + ":", depth + 1))
                    yield return joined;
            }
        }
    }
}
