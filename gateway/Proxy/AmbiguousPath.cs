using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Proxy;

/// <summary>Finds paths that an upstream could read as another path than the one that the route matched.</summary>
/// <remarks>
/// Kestrel decodes a path once and removes dot segments, but a segment encoded twice, or behind an encoded slash, goes on
/// to the upstream: <c>/orders/acme/%252e%252e/globex</c> matches the route of tenant acme and may end at globex.
/// </remarks>
internal static class AmbiguousPath
{
    private const int MostRounds = 4;

    public static readonly TokenFault Fault = new("path_ambiguous", "The path holds encoded dot segments.");

    public static bool Is(string path)
    {
        if (!path.AsSpan().ContainsAny('%', '\\', ';')) return false;
        for (var round = 0; round < MostRounds; round++)
        {
            if (HasDotSegment(path)) return true;
            var decoded = Uri.UnescapeDataString(path);
            if (string.Equals(decoded, path, StringComparison.Ordinal)) return false;
            path = decoded;
        }

        // Encoded over and over: nobody writes such a path who means one thing by it.
        return true;
    }

    private static bool HasDotSegment(ReadOnlySpan<char> path)
    {
        foreach (var range in path.SplitAny('/', '\\'))
        {
            // Servers drop a ';parameter' before they compare segments.
            var segment = path[range];
            var end = segment.IndexOf(';');
            if (end >= 0) segment = segment[..end];
            if (segment is "." or "..") return true;
        }

        return false;
    }
}
