using Microsoft.Extensions.Primitives;
using Sallyport.Gateway.Tokens;
using Sallyport.Policies;

namespace Sallyport.Gateway.Proxy;

/// <summary>Finds the token of a request (RFC 6750 section 2): in the Authorization header, or where else the route names.</summary>
/// <remarks>
/// A cookie or query parameter counts only where the route names it. Two tokens are an error, whichever they are: who
/// checks one and forwards the other has checked nothing.
/// </remarks>
internal static class BearerToken
{
    private const string Scheme = "Bearer ";

    public static readonly TokenFault Twice = new("token_twice", "The request carries more than one token.");

    /// <returns>False for a fault; true with a null token when there is none.</returns>
    public static bool TryFind(HttpRequest request, TokenSource source, out string? token, out TokenFault? fault)
    {
        if (!TryReadHeader(request.Headers.Authorization, out token, out fault)) return false;
        return source.Place switch
        {
            TokenPlace.Header => true,
            TokenPlace.Cookie => TryReadOther(CookieValues(request, source.Name), ref token, out fault),
            _ => TryReadOther(QueryValues(request, source.Name), ref token, out fault),
        };
    }

    private static bool TryReadHeader(StringValues header, out string? token, out TokenFault? fault)
    {
        token = null;
        fault = null;
        if (header.Count == 0) return true;
        if (header.Count > 1)
        {
            fault = Twice;
            return false;
        }

        var value = header.ToString();
        if (!value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            // Another scheme carries no token of ours; a bare "Bearer" carries an empty one, which is a bad one.
            if (value.Equals("Bearer", StringComparison.OrdinalIgnoreCase)) token = "";
            return true;
        }

        // Whatever follows is the token: if it is none, verifying it says so.
        token = value[Scheme.Length..].Trim(' ');
        return true;
    }

    private static bool TryReadOther(List<string> values, ref string? token, out TokenFault? fault)
    {
        fault = null;
        if (values.Count + (token is null ? 0 : 1) > 1)
        {
            fault = Twice;
            return false;
        }

        if (values.Count == 1) token = values[0];
        return true;
    }

    private static List<string> CookieValues(HttpRequest request, string name)
    {
        var values = new List<string>(1);
        foreach (var header in request.Headers.Cookie)
            foreach (var pair in CookiePairs(header))
                if (IsCookie(pair, name))
                    values.Add(pair[(name.Length + 1)..].Trim('"'));
        return values;
    }

    private static List<string> QueryValues(HttpRequest request, string name)
    {
        var values = new List<string>(1);
        foreach (var value in request.Query[name]) values.Add(value ?? "");
        return values;
    }

    internal static IEnumerable<string> CookiePairs(string? header) =>
        (header ?? "").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    internal static bool IsCookie(string pair, string name) =>
        pair.Length > name.Length && pair[name.Length] == '=' && pair.StartsWith(name, StringComparison.Ordinal);
}
