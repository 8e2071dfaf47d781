using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Sallyport.Gateway.Identity;

/// <summary>The name of a system in which identities are issued (SPIFFE ID, section 2.1): 1 to 255 of <c>a-z 0-9 . - _</c>.</summary>
internal sealed record TrustDomain
{
    private const int MostCharacters = 255;
    private static readonly SearchValues<char> Characters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789.-_");

    private TrustDomain(string name) => Name = name;

    public string Name { get; }

    /// <summary>The SPIFFE ID of the trust domain itself, as bundles are keyed by it.</summary>
    public string Uri => $"{SpiffeId.Prefix}{Name}";

    /// <summary>Reads a name, or the SPIFFE ID of a trust domain: one without a path.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out TrustDomain? domain)
    {
        domain = null;
        var name = text is not null && text.StartsWith(SpiffeId.Prefix, StringComparison.Ordinal) ? text[SpiffeId.Prefix.Length..] : text;
        if (name is null or { Length: 0 or > MostCharacters } || name.AsSpan().ContainsAnyExcept(Characters)) return false;
        domain = new TrustDomain(name);
        return true;
    }

    public override string ToString() => Name;
}
