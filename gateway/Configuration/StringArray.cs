using System.Globalization;

namespace Sallyport.Gateway.Configuration;

/// <summary>Reads arrays of strings, which .NET configuration keeps as children named 0, 1, 2.</summary>
internal static class StringArray
{
    public static bool IsElement(IConfigurationSection section) =>
        int.TryParse(section.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    /// <summary>The strings; null when nothing is given or it is wrong as a whole. An empty array reads as empty.</summary>
    public static IReadOnlyList<string>? Read(IConfigurationSection array, JsonPath path, bool orOne, List<Mistake> mistakes)
    {
        var elements = array.GetChildren().ToList();
        if (elements.Count == 0)
            return Single(array.Value, path, orOne, mistakes);
        if (!elements.TrueForAll(IsElement))
        {
            mistakes.Add(new(path.Text, "is an object.", "Write a list of strings in square brackets."));
            return null;
        }

        var strings = new List<string>(elements.Count);
        for (var i = 0; i < elements.Count; i++)
        {
            if (!string.IsNullOrWhiteSpace(elements[i].Value) && !elements[i].GetChildren().Any())
                strings.Add(elements[i].Value!);
            else
                mistakes.Add(new(path.Element(i).Text, "is empty or no string.", "Write a string or take it out."));
        }

        return strings;
    }

    /// <summary>.NET configuration keeps an empty array as an empty string.</summary>
    private static string[]? Single(string? value, JsonPath path, bool orOne, List<Mistake> mistakes)
    {
        if (value is null)
            return null;
        if (value.Length == 0)
            return [];
        if (orOne && !string.IsNullOrWhiteSpace(value))
            return [value];
        mistakes.Add(new(path.Text, "is a single value.", "Write a list of strings in square brackets."));
        return null;
    }
}
