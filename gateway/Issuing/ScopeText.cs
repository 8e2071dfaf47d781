namespace Sallyport.Gateway.Issuing;

/// <summary>Scopes as RFC 6749 section 3.3 writes them.</summary>
internal static class ScopeText
{
    /// <summary>The most names that one request may list.</summary>
    public const int MaxNames = 100;

    /// <summary>Whether it is one scope: printable ASCII without space, quotation mark and backslash.</summary>
    public static bool IsToken(string name) => name.Length > 0 && name.All(c => c is '!' or (>= '#' and <= '[') or (>= ']' and <= '~'));

    /// <summary>Takes a list apart; each name once, in its order. Null when it is no such list.</summary>
    public static IReadOnlyList<string>? Split(string text)
    {
        var names = text.Split(' ');
        return names.Length <= MaxNames && names.All(IsToken) ? [.. names.Distinct(StringComparer.Ordinal)] : null;
    }
}
