using Sallyport.Gateway.Issuing;

namespace Sallyport.Gateway.Configuration;

/// <summary>Reads <c>Sallyport:Issuer</c>: the inner door.</summary>
internal static class IssuerSection
{
    private static readonly TimeSpan ShortestLifetime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestLifetime = TimeSpan.FromDays(1);

    /// <returns>Null when there is no issuer. One with mistakes is answered all the same, so that the rest is checked too.</returns>
    public static IssuerOptions? Read(SectionReader section, bool given, ReadingContext context)
    {
        var issuer = IssuerValue(section, given, context);
        var keys = IssuerKeysSection.Read(section, given, issuer ?? "", context);
        var standard = new IssuerOptions { Issuer = issuer ?? "", Keys = keys };
        var options = standard with
        {
            Lifetime = section.Duration("Lifetime", standard.Lifetime, ShortestLifetime, LongestLifetime),
            Clients = IssuerClientsSection.Read(section.Object("Clients"), context),
            Assertions = IssuerAssertionsSection.Read(section.Object("Assertions")),
            Federation = FederationSection.Read(section.Object("Federation")),
        };
        section.Finish();
        return given ? options : null;
    }

    /// <summary>RFC 8414 section 2 and OpenID Connect Discovery 1.0 section 3, in the one spelling that all who compare it byte for byte agree on.</summary>
    private static string? IssuerValue(SectionReader section, bool given, ReadingContext context)
    {
        const string Example = "Write it like \"https://gateway.example.com\".";
        if (given && !section.Has("Issuer"))
            section.Wrong("Issuer", "is not given.", $"Write the https URL that clients and verifiers reach this gateway by: it is the iss of every token. {Example}");
        if (section.String("Issuer") is not { } value)
            return null;
        if (!Uri.TryCreate(value, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Host.Length == 0)
            section.Wrong("Issuer", "is no absolute https URL.", Example);
        else if (url.UserInfo.Length > 0)
            section.Wrong("Issuer", "holds a user name or password.", "Take the part before the @ out of the URL.");
        else if (value.AsSpan().IndexOfAny('?', '#') >= 0)
            section.Wrong("Issuer", "has a query or fragment, which an issuer must not have (RFC 8414 section 2).", "Take it out.");
        else if (url.Scheme != "https" && !context.IsDevelopment)
            section.Wrong("Issuer", "is http, so anybody on the way could put in other keys.", "Use https; http is for the Development environment.");
        else if (value.EndsWith('/'))
            section.Wrong("Issuer", "ends in a slash, which some verifiers keep and some drop.", "Take the slash off.");
        else if (url.AbsoluteUri.TrimEnd('/') != value)
            section.Wrong("Issuer", "is not spelt as a URL is sent, so that verifiers that compare it would not find it equal.", $"Write {Quoted.Text(url.AbsoluteUri.TrimEnd('/'))}.");
        else if (!url.AbsolutePath.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '-' or '_' or '.' or '~') || url.AbsolutePath.Contains("//", StringComparison.Ordinal))
            section.Wrong("Issuer", "has a path that the endpoints cannot live under.", "Use letters, digits and - . _ ~ between single slashes.");
        else
            return value;
        return null;
    }
}
