using Sallyport.Gateway.Demonstration;

namespace Sallyport.Gateway.Configuration;

/// <summary>Reads <c>Sallyport:Demonstration</c>.</summary>
internal static class DemonstrationSection
{
    public static DemonstrationOptions Read(SectionReader section)
    {
        var options = new DemonstrationOptions
        {
            Upstream = ListenUrl.Read(section, "Upstream"),
            Requests = [.. section.Elements("Requests").Select(Request)],
        };
        section.Finish();
        return options;
    }

    private static DemonstrationRequest Request(SectionReader entry)
    {
        foreach (var key in (string[])["Title", "Path"])
        {
            if (!entry.Has(key))
                entry.Wrong(key, "is not given.", "A request has a Title and a Path.");
        }

        var title = entry.String("Title") ?? "";
        var path = entry.String("Path") ?? "/";
        if (path[0] != '/' || path.Any(c => char.IsControl(c) || c is ' ' or '\'' or '"' or '\\'))
            entry.Wrong("Path", "is no path that a shell could take as it is.", "Begin with a slash; encode spaces, quotes and backslashes.");
        var claims = entry.Object("Claims");
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in claims.NamedValues())
        {
            if (value.Value is { } text && !value.GetChildren().Any() && name.Length > 0)
                values[name] = ClaimValues.Text(text);
            else
                entry.Wrong(claims.Path.Member(name), "is no claim with a single value.", "Write a name and a string.");
        }

        entry.Finish();
        return new(title, path, entry.Mentions("Claims") ? values : null);
    }
}
