namespace Sallyport.Gateway.Configuration;

/// <summary>Guesses which of the known names was meant by one that is not known.</summary>
internal static class Suggestion
{
    private const int LongestName = 64;

    /// <summary>The known name that takes the fewest single-letter changes, or null when none is near enough to be meant.</summary>
    public static string? Nearest(string name, IEnumerable<string> known)
    {
        if (name.Length is 0 or > LongestName)
            return null;
        string? nearest = null;
        var fewest = ((name.Length + 2) / 3) + 1;
        foreach (var candidate in known)
        {
            if (Math.Abs(candidate.Length - name.Length) >= fewest || candidate.Length > LongestName)
                continue;
            var changes = Changes(name.ToUpperInvariant(), candidate.ToUpperInvariant());
            if (changes >= fewest)
                continue;
            fewest = changes;
            nearest = candidate;
        }

        return nearest;
    }

    /// <summary>What to do about a name that is not known: take the nearest, or one of the list.</summary>
    public static string Mend(string name, IReadOnlyCollection<string> known, string none)
    {
        if (Nearest(name, known) is { } nearest)
            return $"Did you mean {Quoted.Text(nearest)}?";
        return known.Count == 0 ? none : $"Known here: {string.Join(", ", known.Order(StringComparer.Ordinal).Take(30))}.";
    }

    /// <summary>Insertions, removals and replacements that turn one into the other, two swapped neighbours counting as one.</summary>
    private static int Changes(string a, string b)
    {
        var table = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            table[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            table[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = table[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                table[i, j] = Math.Min(replaced, Math.Min(table[i - 1, j], table[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    table[i, j] = Math.Min(table[i, j], table[i - 2, j - 2] + 1);
            }
        }

        return table[a.Length, b.Length];
    }
}
