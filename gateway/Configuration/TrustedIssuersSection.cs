using Sallyport.Gateway.Tokens;
using Sallyport.Gateway.Trust;

namespace Sallyport.Gateway.Configuration;

/// <summary>Reads <c>Sallyport:TrustedIssuers</c>.</summary>
internal static class TrustedIssuersSection
{
    /// <summary>The type of access tokens (RFC 9068 section 2.1).</summary>
    public const string AccessToken = "at+jwt";

    private static readonly TimeSpan MostSkew = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestLifetime = TimeSpan.FromDays(30);

    /// <summary>Every issuer that is named, those with mistakes too, so that policies can refer to them.</summary>
    /// <param name="own">The issuer that is ourselves; null for none.</param>
    public static IReadOnlyList<TrustedIssuerOptions> Read(SectionReader section, ReadingContext context, string? own)
    {
        var issuers = new List<TrustedIssuerOptions>();
        foreach (var entry in section.Named())
            issuers.Add(Issuer(entry, context, own));
        return issuers;
    }

    private static TrustedIssuerOptions Issuer(SectionReader entry, ReadingContext context, string? own)
    {
        EntryName.Check(entry, "issuer");
        var keysSection = entry.Object("Keys");
        var keys = KeySourceSection.Read(keysSection, context);
        var standard = new TrustedIssuerOptions { Name = "", Issuer = "", Audiences = [], Keys = keys };
        var options = standard with
        {
            Name = entry.Name,
            Issuer = IssuerValue(entry, keys.Kind == KeySourceKind.Own ? own ?? "" : null),
            Audiences = entry.Strings("Audiences") ?? [],
            Algorithms = entry.Strings("Algorithms") ?? AlgorithmsOf(keys.Kind, standard),
            Types = Types(entry) ?? (keys.Kind == KeySourceKind.Own ? [AccessToken] : standard.Types),
            ClockSkew = entry.Duration("ClockSkew", standard.ClockSkew, TimeSpan.Zero, MostSkew),
            MaxLifetime = entry.Duration(
                "MaxLifetime",
                standard.MaxLifetime,
                TimeSpan.FromSeconds(1),
                LongestLifetime,
                " A lifetime without bound would make a stolen token good for ever."),
            RequiredClaims = entry.Strings("RequiredClaims") ?? [],
            Required = entry.Boolean("Required", true),
        };
        entry.Finish();
        return options;
    }

    private static IReadOnlyList<string> AlgorithmsOf(KeySourceKind keys, TrustedIssuerOptions standard) => keys switch
    {
        KeySourceKind.Secret => ["HS256"],
        // Whatever our own ring signs with, now or after the next rotation.
        KeySourceKind.Own => [.. Algorithm.All.Where(algorithm => !algorithm.IsSymmetric).Select(algorithm => algorithm.Name)],
        _ => standard.Algorithms,
    };

    private static string IssuerValue(SectionReader entry, string? own)
    {
        if (own is not null && !entry.Has("Issuer"))
            return own;
        if (!entry.Has("Issuer"))
            entry.Wrong("Issuer", "is not given.", "Write the exact value of the iss claim of this issuer's tokens.");
        var issuer = entry.String("Issuer") ?? "";
        if (issuer != issuer.Trim() || issuer.Any(char.IsControl))
            entry.Wrong("Issuer", "has outer spaces or control characters, which no iss claim would match.", "Take them out.");
        return issuer;
    }

    private static IReadOnlyList<string>? Types(SectionReader entry)
    {
        var types = entry.Strings("Types");
        if (types is { Count: 0 })
            entry.Wrong("Types", "is empty, so no token would be accepted.", "List the types, or leave it out for at+jwt and JWT.");
        for (var i = 0; i < types?.Count; i++)
        {
            if (types[i].StartsWith("application/", StringComparison.OrdinalIgnoreCase))
                entry.Wrong(entry.Path.Member("Types").Element(i), "begins with application/.", $"Write {Quoted.Text(types[i]["application/".Length..])}; both forms then match.");
        }

        return types;
    }
}
