using Sallyport.Gateway.Issuing;

namespace Sallyport.Gateway.Configuration;

/// <summary>Reads <c>Sallyport:Issuer:Federation</c>.</summary>
/// <remarks>Keys of .NET configuration are unique ignoring case, as keys of AWS session tags are; so no two tags here can clash.</remarks>
internal static class FederationSection
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>Every audience that is named, those with mistakes too.</summary>
    public static IReadOnlyList<FederationOptions> Read(SectionReader section)
    {
        var federation = new List<FederationOptions>();
        foreach (var entry in section.Named()) federation.Add(Audience(entry));
        return federation;
    }

    private static FederationOptions Audience(SectionReader entry)
    {
        EntryName.Check(entry, "audience");
        var standard = new FederationOptions { Audience = entry.Name, Tags = Tags(entry.Object("Tags")) };
        var options = standard with { Lifetime = entry.Duration("Lifetime", standard.Lifetime, Shortest, Longest) };
        entry.Finish();
        return options;
    }

    private static List<FederatedTag> Tags(SectionReader section)
    {
        var tags = new List<FederatedTag>();
        foreach (var entry in section.Named()) tags.Add(Tag(entry));
        if (tags.Count == 0)
            section.Wrong(section.Path, "names no session tag, so all sessions would be alike.", "Name one, as {\"tenant\": {\"Claim\": \"org_id\"}}.");
        else if (tags.Count > FederationLimits.MaxTags)
            section.Wrong(section.Path, $"names {tags.Count} session tags.", $"AWS takes {FederationLimits.MaxTags} at most.");
        return tags;
    }

    private static FederatedTag Tag(SectionReader entry)
    {
        var key = entry.Name;
        if (key.Length is 0 or > FederationLimits.MaxKeyCharacters || !FederationLimits.HasTagCharacters(key))
            entry.Wrong(entry.Path, "is no key of a session tag.", $"Name it in 1 to {FederationLimits.MaxKeyCharacters} letters, numbers, inner spaces and _ . / = + - @.");
        else if (IsReserved(key))
            entry.Wrong(entry.Path, "begins with a prefix that AWS keeps for itself.", "Choose another key.");
        if (!entry.Has("Claim"))
            entry.Wrong("Claim", "is not given.", "Name the claim of the subject's token that the value is taken from. A colon in the key of a tag is not possible.");
        var tag = new FederatedTag(
            key,
            entry.String("Claim") ?? "",
            entry.String("StripPrefix"),
            entry.Boolean("LowerCase", otherwise: false),
            entry.Boolean("Transitive", otherwise: false));
        entry.Finish();
        return tag;
    }

    // Configuration splits names at colons: a key that begins with aws: arrives as one that is aws.
    private static bool IsReserved(string key) => FederationLimits.IsReserved(key) || key.Equals("aws", StringComparison.OrdinalIgnoreCase);
}
