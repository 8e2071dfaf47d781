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

    /// <param name="prefix">The start of every identity header, for example <c>X-Auth-</c>.</param>
    public HeaderFolding(string prefix) => _prefix = Fold(prefix);

    /// <summary>Whether the folded name begins with the folded prefix.</summary>
    public bool IsIdentityHeader(string name)
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
