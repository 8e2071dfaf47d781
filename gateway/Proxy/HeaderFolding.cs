namespace Sallyport.Gateway.Proxy;

/// <summary>Tells whether a header's name is, to some upstream, the name of an identity header.</summary>
/// <remarks>
/// Many frameworks turn a name into a variable and make <c>_</c> of every other character: to them <c>X_Auth.Subject</c>
/// is <c>X-Auth-Subject</c>. So names compare without case, and every run of characters that are neither letter nor
/// digit counts as one hyphen.
/// </remarks>
internal sealed class HeaderFolding
{
    private readonly string _prefix;
    private readonly string? _alone;

    /// <param name="prefix">The start of every identity header, for example <c>X-Auth-</c>.</param>
    /// <param name="assertion">The header of assertions, which may begin otherwise; null for none.</param>
    public HeaderFolding(string prefix, string? assertion = null)
    {
        _prefix = Fold(prefix);
        // Authorization is everybody's: a route's own transforms see to it.
        if (assertion is not null && !Begins(assertion) && !assertion.Equals("Authorization", StringComparison.OrdinalIgnoreCase)) _alone = Fold(assertion).TrimEnd('-');
    }

    /// <summary>Whether the folded name begins with the folded prefix, or is that of the assertion.</summary>
    public bool IsIdentityHeader(string name) => Begins(name) || (_alone is not null && IsAlone(name, _alone));

    /// <summary>Removes every identity header that a client sent.</summary>
    /// <returns>How many there were.</returns>
    public int Strip(IHeaderDictionary headers)
    {
        List<string>? found = null;
        foreach (var header in headers)
            if (IsIdentityHeader(header.Key))
                (found ??= []).Add(header.Key);
        if (found is null) return 0;
        foreach (var name in found) headers.Remove(name);
        return found.Count;
    }

    private bool Begins(string name)
    {
        var at = 0;
        var isInRun = true; // A run at the start says nothing.
        foreach (var c in name)
        {
            if (at == _prefix.Length) return true;
            if (char.IsAsciiLetterOrDigit(c))
            {
                if (_prefix[at] != char.ToLowerInvariant(c)) return false;
                at++;
                isInRun = false;
            }
            else if (!isInRun)
            {
                if (_prefix[at] != '-') return false;
                at++;
                isInRun = true;
            }
        }

        return at == _prefix.Length;
    }

    // Runs at either end say nothing.
    private static bool IsAlone(string name, string folded)
    {
        var at = 0;
        var isInRun = false;
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c))
            {
                isInRun = at > 0;
                continue;
            }

            if (isInRun && (at == folded.Length || folded[at++] != '-')) return false;
            isInRun = false;
            if (at == folded.Length || folded[at++] != char.ToLowerInvariant(c)) return false;
        }

        return at == folded.Length;
    }

    private static string Fold(string name)
    {
        var folded = new System.Text.StringBuilder(name.Length);
        foreach (var c in name)
        {
            if (char.IsAsciiLetterOrDigit(c)) folded.Append(char.ToLowerInvariant(c));
            else if (folded.Length > 0 && folded[^1] != '-') folded.Append('-');
        }

        return folded.ToString();
    }
}
