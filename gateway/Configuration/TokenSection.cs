using Sallyport.Policies;

namespace Sallyport.Gateway.Configuration;

/// <summary>Reads a policy's <c>Token</c>: the cookie or the query parameter that carries the token.</summary>
internal static class TokenSection
{
    public static TokenSource Read(SectionReader token, bool given)
    {
        var cookie = Name(token, "Cookie", "a cookie name (RFC 6265)", IsCookieName);
        var query = Name(token, "Query", "the name of a query parameter", IsQueryName);
        token.Finish();
        if (given && token.Has("Cookie") == token.Has("Query"))
            token.Wrong(token.Path, "does not name exactly one place of the token.", "Write {\"Cookie\": \"name\"} or {\"Query\": \"name\"}, or leave it out for the Authorization header.");
        return cookie is not null ? new(TokenPlace.Cookie, cookie)
            : query is not null ? new(TokenPlace.Query, query)
            : TokenSource.Header;
    }

    private static string? Name(SectionReader token, string key, string kind, Func<char, bool> allowed)
    {
        var name = token.String(key);
        if (name is null || (name.Length <= 128 && name.All(allowed)))
            return name;
        token.Wrong(key, $"is {Quoted.Text(name)}, which is not {kind}.", "Use letters, digits, hyphens and underscores.");
        return null;
    }

    /// <summary>The characters of a token (RFC 9110 section 5.6.2), which RFC 6265 section 4.1.1 asks of a cookie's name.</summary>
    private static bool IsCookieName(char c) => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal);

    /// <summary>The unreserved characters of a URL (RFC 3986 section 2.3): the only ones that are never encoded.</summary>
    private static bool IsQueryName(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~';
}
