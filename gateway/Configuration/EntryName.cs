namespace Sallyport.Gateway.Configuration;

/// <summary>Checks the names that an operator gives to issuers and policies; they show up in logs, metrics and headers.</summary>
internal static class EntryName
{
    private const int Longest = 128;

    public static void Check(SectionReader entry, string kind)
    {
        if (string.IsNullOrWhiteSpace(entry.Name))
            entry.Wrong(entry.Path, $"has an empty name, so nothing can refer to this {kind}.", "Give it a name.");
        else if (entry.Name.Length > Longest || entry.Name.Any(char.IsControl) || entry.Name != entry.Name.Trim())
            entry.Wrong(entry.Path, "has a name that is too long, or holds control characters or outer spaces.", $"Name the {kind} in up to {Longest} visible characters.");
    }
}
