using Sallyport.Gateway.Issuing;
using Sallyport.Gateway.Keys;

namespace Sallyport.Gateway.Configuration;

/// <summary>Reads <c>Sallyport:Issuer</c>. PROVISIONAL: the whole of it comes with the token endpoint.</summary>
internal static class IssuerSection
{
    public static IssuerOptions? Read(SectionReader section, bool isMentioned, ReadingContext context)
    {
        _ = context;
        if (!isMentioned) return null;
        var issuer = section.String("Issuer") ?? "";
        var keys = section.Object("Keys");
        var store = keys.Choice("Store", "Memory", "File", "Redis");
        keys.Finish();
        var assertions = section.Object("Assertions");
        var standard = new AssertionOptions();
        var claims = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in assertions.Object("Claims").NamedValues()) claims[name] = value.Value ?? "";
        var options = new IssuerOptions
        {
            Issuer = issuer,
            Keys = new KeyRingOptions { Issuer = issuer, Store = Enum.Parse<KeyStoreKind>(store ?? "Memory"), Algorithm = section.String("Algorithm") ?? "ES256" },
            Assertions = new AssertionOptions
            {
                Header = assertions.String("Header") ?? standard.Header,
                Lifetime = assertions.Duration("Lifetime", standard.Lifetime, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5)),
                Claims = claims,
            },
        };
        assertions.Finish();
        section.Finish();
        return options;
    }
}
