using System.Diagnostics.CodeAnalysis;

namespace Sallyport.Gateway.Cli;

/// <summary>The URL of a command line as the server would see it: absolute, or a path and query for this host.</summary>
/// <param name="Scheme">http or https.</param>
/// <param name="Host">What the Host header would say.</param>
/// <param name="Path">Decoded once, %2F excepted, and without dot segments: as Kestrel hands it to routing.</param>
/// <param name="Query">As written.</param>
internal sealed record RequestTarget(string Scheme, HostString Host, PathString Path, QueryString Query)
{
    private const string SchemeEnd = "://";

    public static bool TryParse(string url, [NotNullWhen(true)] out RequestTarget? target, [NotNullWhen(false)] out string? problem)
    {
        target = null;
        problem = null;
        if (url.Length == 0 || url.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            problem = "has characters that must be percent-encoded.";
            return false;
        }

        var scheme = "http";
        var host = "localhost";
        var rest = url.Split('#', 2)[0];
        if (!rest.StartsWith('/'))
        {
            var end = rest.IndexOf(SchemeEnd, StringComparison.Ordinal);
            scheme = end < 0 ? "" : rest[..end].ToLowerInvariant();
            if (scheme is not ("http" or "https") || !Uri.TryCreate(rest, UriKind.Absolute, out var parsed) || parsed.UserInfo.Length > 0)
            {
                problem = "is neither http://host/path nor a path that begins with a slash.";
                return false;
            }

            var authority = rest[(end + SchemeEnd.Length)..];
            var path = authority.IndexOfAny(['/', '?']);
            host = path < 0 ? authority : authority[..path];
            rest = path < 0 ? "/" : authority[path..];
            if (rest[0] == '?') rest = "/" + rest;
        }

        var query = rest.IndexOf('?', StringComparison.Ordinal);
        var decoded = Decode(query < 0 ? rest : rest[..query]);
        if (decoded.Contains('\0', StringComparison.Ordinal))
        {
            problem = "holds %00, which the server refuses.";
            return false;
        }

        target = new RequestTarget(scheme, new HostString(host), new PathString(WithoutDots(decoded)), new QueryString(query < 0 ? "" : rest[query..]));
        return true;
    }

    private static string Decode(string path)
    {
        // An encoded slash stays encoded: it is part of its segment.
        var pieces = path.Split(["%2F", "%2f"], StringSplitOptions.None);
        if (pieces.Length == 1) return Uri.UnescapeDataString(path);
        var decoded = new System.Text.StringBuilder(path.Length);
        var at = 0;
        foreach (var piece in pieces)
        {
            if (at > 0) decoded.Append(path, at - 3, 3);
            decoded.Append(Uri.UnescapeDataString(piece));
            at += piece.Length + 3;
        }

        return decoded.ToString();
    }

    /// <summary>RFC 3986 section 5.2.4.</summary>
    private static string WithoutDots(string path)
    {
        var segments = path.Split('/');
        var kept = new List<string>(segments.Length);
        for (var i = 1; i < segments.Length; i++)
        {
            var isLast = i == segments.Length - 1;
            if (segments[i] == ".." && kept.Count > 0) kept.RemoveAt(kept.Count - 1);
            if (segments[i] is not ("." or "..")) kept.Add(segments[i]);
            else if (isLast) kept.Add("");
        }

        return "/" + string.Join('/', kept);
    }
}
