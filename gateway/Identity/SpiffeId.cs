using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Sallyport.Gateway.Identity;

/// <summary>The name of a workload (SPIFFE ID, section 2): <c>spiffe://trust-domain/path</c>, at most 2048 bytes.</summary>
/// <remarks>There is one spelling of each: the scheme in small letters, no percent-encoding, no empty, <c>.</c> or <c>..</c> segment, no slash at
/// the end, no user, port, query or fragment. So two of them are the same exactly when their texts are.</remarks>
internal sealed record SpiffeId
{
    /// <summary>Scheme and what stands before the trust domain.</summary>
    public const string Prefix = "spiffe://";

    /// <summary>The longest in bytes (section 2.3); all of them are ASCII.</summary>
    public const int MostBytes = 2048;

    private static readonly SearchValues<char> Characters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_");

    private SpiffeId(string text, TrustDomain domain, string path) => (Text, TrustDomain, Path) = (text, domain, path);

    public TrustDomain TrustDomain { get; }

    /// <summary>With its slash; empty for the ID of a trust domain itself.</summary>
    public string Path { get; }

    /// <summary>Whether it can name a workload: the ID of a trust domain itself cannot.</summary>
    public bool HasPath => Path.Length > 0;

    private string Text { get; }

    public static bool TryParse(string? text, [NotNullWhen(true)] out SpiffeId? id) => TryParse(text, out id, out _);

    /// <param name="text">What is told to be one.</param>
    /// <param name="id">Null when it is none.</param>
    /// <param name="problem">A clause about it, which does not repeat it.</param>
    public static bool TryParse(string? text, [NotNullWhen(true)] out SpiffeId? id, [NotNullWhen(false)] out string? problem)
    {
        (id, problem) = (null, Problem(text, out var domain, out var path));
        if (problem is null) id = new SpiffeId(text!, domain!, path);
        return id is not null;
    }

    public override string ToString() => Text;

    private static string? Problem(string? text, out TrustDomain? domain, out string path)
    {
        (domain, path) = (null, "");
        if (text is not { Length: > 0 }) return "it is empty";
        if (text.Length > MostBytes) return "it is longer than 2048 bytes";
        if (!text.StartsWith(Prefix, StringComparison.Ordinal)) return "it does not start with spiffe://";
        var slash = text.IndexOf('/', Prefix.Length);
        var end = slash < 0 ? text.Length : slash;
        if (!TrustDomain.TryParse(text[Prefix.Length..end], out domain)) return "its trust domain is not 1 to 255 of a-z, 0-9, dot, dash and underscore";
        path = text[end..];
        return path.Length == 0 ? null : PathProblem(path.AsSpan(1));
    }

    private static string? PathProblem(ReadOnlySpan<char> segments)
    {
        foreach (var range in segments.Split('/'))
        {
            var segment = segments[range];
            if (segment.IsEmpty) return "its path has an empty segment, or ends with a slash";
            if (segment is "." or "..") return "its path has a segment of dots";
            if (segment.ContainsAnyExcept(Characters)) return "its path has another character than letters, digits, dot, dash and underscore";
        }

        return null;
    }
}
