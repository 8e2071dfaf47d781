using System.Globalization;

namespace Sallyport.Gateway.Configuration;

/// <summary>Reads one object of the configuration key by key, and notes every mistake instead of stopping at the first.</summary>
/// <remarks>A value that is wrong reads as if it were not there. <see cref="Finish"/> reports the keys that nobody asked for.
/// A key whose value is <c>null</c> counts as not given, so that a later file can take back what an earlier one says.</remarks>
internal sealed class SectionReader(IConfigurationSection section, JsonPath path, List<Mistake> mistakes)
{
    private readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>A reader of <paramref name="section"/>, with a mistake if that is no object.</summary>
    public static SectionReader Of(IConfigurationSection section, JsonPath path, List<Mistake> mistakes)
    {
        var reader = new SectionReader(section, path, mistakes);
        if (!string.IsNullOrEmpty(section.Value))
            reader.Wrong(path, "is a single value.", "Write an object in braces.");
        return reader;
    }

    public JsonPath Path => path;

    /// <summary>The key of this object in the one around it.</summary>
    public string Name => section.Key;

    public void Wrong(JsonPath at, string problem, string mend) => mistakes.Add(new(at.Text, problem, mend));

    /// <summary>Notes a mistake in the value of <paramref name="key"/>.</summary>
    public void Wrong(string key, string problem, string mend) => Wrong(path.Member(key), problem, mend);

    /// <summary>Whether the configuration says anything about <paramref name="key"/>.</summary>
    public bool Has(string key)
    {
        var child = Child(key);
        return child.Value is not null || child.GetChildren().Any();
    }

    /// <summary>Whether <paramref name="key"/> stands in the configuration at all, be it as an empty object or null.</summary>
    public bool Mentions(string key)
    {
        _known.Add(key);
        return section.GetChildren().Any(child => child.Key.Equals(key, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>A string that is not empty.</summary>
    public string? String(string key)
    {
        if (Scalar(key, "a string") is not { } value)
            return null;
        if (!string.IsNullOrWhiteSpace(value))
            return value;
        Wrong(key, "is empty.", "Give it a value or leave it out.");
        return null;
    }

    public bool Boolean(string key, bool otherwise)
    {
        if (Scalar(key, "true or false") is not { } value)
            return otherwise;
        if (bool.TryParse(value, out var parsed))
            return parsed;
        Wrong(key, $"is {Quoted.Text(value)}, which is neither true nor false.", "Write true or false.");
        return otherwise;
    }

    public int Integer(string key, int otherwise, int least, int most)
    {
        if (Scalar(key, "a whole number") is not { } value)
            return otherwise;
        if (int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var parsed) && parsed >= least && parsed <= most)
            return parsed;
        Wrong(
            key,
            $"is {Quoted.Text(value)}.",
            string.Create(CultureInfo.InvariantCulture, $"Write a whole number from {least} to {most}."));
        return otherwise;
    }

    /// <param name="why">A reason for the bounds that a reader would not guess.</param>
    public TimeSpan Duration(string key, TimeSpan otherwise, TimeSpan least, TimeSpan most, string why = "")
    {
        if (Scalar(key, "a duration") is not { } value)
            return otherwise;
        var bounds = $"From {DurationText.Write(least)} to {DurationText.Write(most)}.{why}";
        if (!DurationText.TryParse(value, out var parsed))
            Wrong(key, $"is {Quoted.Text(value)}, which is no duration.", $"{DurationText.Mend(value)} {bounds}");
        else if (parsed < least || parsed > most)
            Wrong(key, $"is {Quoted.Text(value)}, which is out of bounds.", bounds);
        else
            return parsed;
        return otherwise;
    }

    /// <summary>One of a few words, whatever its casing; answers it as <paramref name="choices"/> writes it.</summary>
    public string? Choice(string key, params string[] choices)
    {
        if (Scalar(key, "a string") is not { } value)
            return null;
        var chosen = choices.FirstOrDefault(choice => choice.Equals(value, StringComparison.OrdinalIgnoreCase));
        if (chosen is null)
            Wrong(key, $"is {Quoted.Text(value)}.", $"Write {string.Join(" or ", choices.Select(Quoted.Text))}.");
        return chosen;
    }

    /// <summary>An absolute http or https URL without user information and fragment. Messages never repeat it: it may hold a password.</summary>
    public Uri? Url(string key)
    {
        if (String(key) is not { } value)
            return null;
        if (!Uri.TryCreate(value, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Host.Length == 0)
            Wrong(key, "is no absolute http or https URL.", "Write it in full, for example \"https://id.example.com/jwks\".");
        else if (url.UserInfo.Length > 0)
            Wrong(key, "holds a user name or password.", "Take the part before the @ out of the URL.");
        else if (url.Fragment.Length > 0)
            Wrong(key, "has a fragment.", "Take out the # and what follows it.");
        else
            return url;
        return null;
    }

    /// <summary>An array of strings, none of them empty; null when it is not given.</summary>
    /// <param name="orOne">Whether a single string may stand for an array of one.</param>
    public IReadOnlyList<string>? Strings(string key, bool orOne = false)
    {
        var child = Child(key);
        return StringArray.Read(child, path.Member(key), orOne, mistakes);
    }

    /// <summary>An array of strings that must hold one if it is given: empty, it could be read as nothing or as anything.</summary>
    public IReadOnlyList<string> StringsOrAbsent(string key)
    {
        var strings = Strings(key);
        if (strings is { Count: 0 })
            Wrong(key, "is empty.", "List at least one, or leave it out.");
        return strings ?? [];
    }

    /// <summary>The object under <paramref name="key"/>; empty when it is not given.</summary>
    public SectionReader Object(string key)
    {
        var child = Child(key);
        return Of(child, path.Member(key), mistakes);
    }

    /// <summary>The objects in this one, for an object whose keys are names.</summary>
    public IEnumerable<SectionReader> Named()
    {
        foreach (var child in section.GetChildren())
        {
            _known.Add(child.Key);
            yield return Of(child, path.Member(child.Key), mistakes);
        }
    }

    /// <summary>The objects in the array under <paramref name="key"/>.</summary>
    public IEnumerable<SectionReader> Elements(string key)
    {
        var child = Child(key);
        var elements = child.GetChildren().ToList();
        if (!string.IsNullOrEmpty(child.Value) || !elements.TrueForAll(StringArray.IsElement))
        {
            Wrong(key, "is no array.", "Write a list of objects in square brackets.");
            yield break;
        }

        for (var i = 0; i < elements.Count; i++)
            yield return Of(elements[i], path.Member(key).Element(i), mistakes);
    }

    /// <summary>The values in this object by name, for an object whose keys are names that may hold colons.</summary>
    public IEnumerable<(string Name, IConfigurationSection Value)> NamedValues() => ColonNames.Join(section);

    /// <summary>The subtree under <paramref name="key"/> as it is.</summary>
    public IConfigurationSection Raw(string key) => Child(key);

    /// <summary>Lets keys pass that somebody else reads.</summary>
    public void Knows(params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
            _known.Add(key);
    }

    /// <summary>Reports every key that was not asked for. The last call on a reader.</summary>
    public void Finish()
    {
        foreach (var child in section.GetChildren().Where(child => !_known.Contains(child.Key)))
            Wrong(path.Member(child.Key), "is not a key that Sallyport knows.", Suggestion.Mend(child.Key, _known, "Take it out."));
    }

    private string? Scalar(string key, string kind)
    {
        var child = Child(key);
        if (!child.GetChildren().Any())
            return child.Value;
        Wrong(key, "is an object or an array.", $"Write {kind}.");
        return null;
    }

    private IConfigurationSection Child(string key)
    {
        _known.Add(key);
        return section.GetSection(key);
    }
}
