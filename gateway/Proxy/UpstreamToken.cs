using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using Sallyport.Policies;

namespace Sallyport.Gateway.Proxy;

/// <summary>Takes the client's token out of a request before it is forwarded, wherever the route reads it from.</summary>
internal static class UpstreamToken
{
    /// <summary>Whether the Authorization header carries the token. Another scheme's credentials are not ours to take.</summary>
    public static bool IsInHeader(HttpRequest request) =>
        BearerToken.IsBearer(request.Headers.Authorization.ToString());

    /// <summary>Takes the token out of the cookies or the query, where the route reads it from there.</summary>
    public static void Strip(HttpRequest request, TokenSource source)
    {
        if (source.Place == TokenPlace.Cookie) StripCookie(request.Headers, source.Name);
        else if (source.Place == TokenPlace.Query) StripQuery(request, source.Name);
    }

    private static void StripCookie(IHeaderDictionary headers, string name)
    {
        var kept = headers.Cookie
            .Select(header => string.Join("; ", BearerToken.CookiePairs(header).Where(pair => !BearerToken.IsCookie(pair, name))))
            .Where(header => header.Length > 0)
            .ToArray();
        headers.Cookie = kept.Length == 0 ? default : new StringValues(kept);
    }

    private static void StripQuery(HttpRequest request, string name)
    {
        var raw = request.QueryString.Value;
        if (string.IsNullOrEmpty(raw)) return;

        // Parameter by parameter, so that the rest of the query stays as the client wrote it.
        var kept = new List<string>();
        foreach (var part in raw[1..].Split('&'))
        {
            var parsed = QueryHelpers.ParseQuery(part);
            if (!parsed.Keys.Any(key => string.Equals(key, name, StringComparison.OrdinalIgnoreCase))) kept.Add(part);
        }

        request.QueryString = kept.Count == 0 ? QueryString.Empty : new QueryString("?" + string.Join('&', kept));
    }
}
