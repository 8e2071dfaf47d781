using Sallyport.Gateway.Issuing;

namespace Sallyport.Gateway.Configuration;

/// <summary>Reads <c>Sallyport:Issuer:Assertions</c>.</summary>
internal static class IssuerAssertionsSection
{
    private static readonly string[] Registered = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"];

    public static AssertionOptions Read(SectionReader section)
    {
        var standard = new AssertionOptions();
        var options = standard with
        {
            Header = Header(section) ?? standard.Header,
            Lifetime = section.Duration("Lifetime", standard.Lifetime, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5)),
            Claims = Claims(section.Object("Claims")),
        };
        section.Finish();
        return options;
    }

    private static string? Header(SectionReader section)
    {
        if (section.String("Header") is not { } header) return null;
        if (header.Equals("Authorization", StringComparison.OrdinalIgnoreCase)) return "Authorization";
        // Others than letters and digits in single groups would fold onto each other at some upstream.
        var groups = header.Split('-');
        if (header.Length <= 64 && groups.Length > 1 && groups.All(group => group.Length > 0 && group.All(char.IsAsciiLetterOrDigit))) return header;
        section.Wrong("Header", $"is {Quoted.Text(header)}.", "Write \"Authorization\", or letters and digits in groups with single hyphens between, as \"X-Auth-Assertion\".");
        return null;
    }

    private static Dictionary<string, string> Claims(SectionReader section)
    {
        var claims = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in section.NamedValues())
        {
            if (value.GetChildren().Any() || string.IsNullOrWhiteSpace(value.Value) || name.Length == 0)
                section.Wrong(section.Path.Member(name), "is no claim's name.", "Write the name of one claim.");
            else if (Registered.Contains(name, StringComparer.Ordinal))
                section.Wrong(section.Path.Member(name), "is a claim that the issuer writes itself.", "Choose another name for it.");
            else
                claims[name] = value.Value;
        }

        return claims;
    }
}
