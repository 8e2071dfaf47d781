namespace Sallyport.Gateway.Configuration;

/// <summary>Reads the values that claims must have: <c>{"name": ["a", "b"]}</c> or <c>{"name": "a"}</c>.</summary>
internal static class ClaimValues
{
    public static Dictionary<string, IReadOnlyList<string>> Read(SectionReader section)
    {
        var claims = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var (name, value) in section.NamedValues())
        {
            var mistakes = new List<Mistake>();
            var at = section.Path.Member(name);
            var values = StringArray.Read(value, at, orOne: true, mistakes);
            foreach (var mistake in mistakes)
                section.Wrong(new JsonPath(mistake.Path), mistake.Problem, mistake.Mend);
            if (string.IsNullOrWhiteSpace(name))
                section.Wrong(at, "is a claim without a name.", "Name the claim.");
            else if (mistakes.Count == 0 && values is not { Count: > 0 })
                section.Wrong(at, "lists no value, so no token would pass.", "List the values that may pass, or take the claim out.");
            claims[name] = [.. (values ?? []).Select(Text)];
        }

        return claims;
    }

    /// <summary>.NET configuration turns the JSON words true and false into True and False.</summary>
    public static string Text(string value) => value switch { "True" => "true", "False" => "false", _ => value };
}
