using System.Buffers;
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
    private const string Scheme = "Bearer";

    // RFC 9110 section 5.6.2.
    private static readonly SearchValues<char> SchemeCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-.^_`|~");

    public static readonly TokenFault Twice = new("token_twice", "The request carries more than one token.");

    /// <returns>False for a fault; true with a token that has no value when there is none.</returns>
    public static bool TryFind(HttpRequest request, TokenSource source, out StringSegment token, out TokenFault? fault)
    {
        if (!TryReadHeader(request.Headers.Authorization, out token, out fault)) return false;
        return source.Place switch
        {
            TokenPlace.Header => true,
            TokenPlace.Cookie => TryReadOther(CookieValues(request, source.Name), ref token, out fault),
            _ => TryReadOther(QueryValues(request, source.Name), ref token, out fault),
        };
    }

    private static bool TryReadHeader(StringValues header, out StringSegment token, out TokenFault? fault)
    {
        token = default;
        fault = null;
        if (header.Count == 0) return true;
        if (header.Count > 1)
        {
            fault = Twice;
            return false;
        }

        var value = header.ToString();
        // Another scheme carries no token of ours.
        if (!IsBearer(value)) return true;

        // Whatever follows is the token, be it nothing or begin with a tab: if it is none, verifying it says so.
        var (start, end) = (Scheme.Length, value.Length);
        while (start < end && value[start] == ' ') start++;
        while (end > start && value[end - 1] == ' ') end--;
        token = new StringSegment(value, start, end - start);
        return true;
    }

    private static bool TryReadOther(List<string> values, ref StringSegment token, out TokenFault? fault)
    {
        fault = null;
        if (values.Count + (token.HasValue ? 1 : 0) > 1)
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
                    values.Add(pair[(pair.IndexOf('=', StringComparison.Ordinal) + 1)..].Trim('"'));
        return values;
    }

    private static List<string> QueryValues(HttpRequest request, string name)
    {
        var values = new List<string>(1);
        foreach (var value in request.Query[name]) values.Add(value ?? "");
        return values;
    }

    /// <summary>Whether the scheme is Bearer, whatever separates it from what follows: an upstream may be less strict than we are.</summary>
    internal static bool IsBearer(string authorization) =>
        authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
        && (authorization.Length == Scheme.Length || !SchemeCharacters.Contains(authorization[Scheme.Length]));

    internal static IEnumerable<string> CookiePairs(string? header) =>
        (header ?? "").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    // Spaces before the equals sign are not allowed (RFC 6265 section 4.1.1), but frameworks overlook them, so we must not.
    internal static bool IsCookie(string pair, string name)
    {
        var end = pair.IndexOf('=', StringComparison.Ordinal);
        return end > 0 && pair.AsSpan(0, end).TrimEnd().SequenceEqual(name);
    }
}
