using Sallyport.Gateway.Issuing;

namespace Sallyport.Gateway.Configuration;

/// <summary>Reads <c>Sallyport:Issuer:Assertions</c>; what it says is held against the rest by <see cref="AssertionChecks"/>.</summary>
internal static class IssuerAssertionsSection
{
    public static AssertionOptions Read(SectionReader section)
    {
        var standard = new AssertionOptions();
        var options = standard with
        {
            Header = section.String("Header") ?? standard.Header,
            Lifetime = section.Duration("Lifetime", standard.Lifetime, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5)),
            Claims = Claims(section.Object("Claims")),
        };
        section.Finish();
        return options;
    }

    private static Dictionary<string, string> Claims(SectionReader section)
    {
        var claims = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in section.NamedValues())
        {
            if (value.GetChildren().Any() || string.IsNullOrWhiteSpace(value.Value) || name.Length == 0)
                section.Wrong(section.Path.Member(name), "is no claim's name.", "Write the name of one claim.");
            else
                claims[name] = value.Value;
        }

        return claims;
    }
}
