namespace Sallyport.Gateway.Issuing;

/// <summary>What a request asks the token to be for: audiences by <c>audience</c> (RFC 8693) or <c>resource</c> (RFC 8707), and <c>scope</c>.</summary>
internal static class TokenTargets
{
    /// <summary>The audiences of the token.</summary>
    /// <param name="form">The request.</param>
    /// <param name="allowed">What the client may ask for; the first is meant where it names none.</param>
    /// <param name="audiences">Each once.</param>
    public static TokenError? Audiences(FormBody form, IReadOnlyList<string> allowed, out IReadOnlyList<string> audiences)
    {
        audiences = [.. form.All("audience").Concat(form.All("resource")).Distinct(StringComparer.Ordinal)];
        if (form.All("resource").Any(resource => !Uri.TryCreate(resource, UriKind.Absolute, out _) || resource.Contains('#', StringComparison.Ordinal))) return TokenError.TargetRefused;
        if (audiences.Count == 0) audiences = [.. allowed.Take(1)];
        return audiences.Count > 0 && audiences.All(audience => allowed.Contains(audience, StringComparer.Ordinal)) ? null : TokenError.TargetRefused;
    }

    /// <summary>The scopes of the token.</summary>
    /// <param name="form">The request.</param>
    /// <param name="allowed">All that it may have, and gets where it names none.</param>
    /// <param name="scopes">Never more than that.</param>
    public static TokenError? Scopes(FormBody form, IReadOnlyList<string> allowed, out IReadOnlyList<string> scopes)
    {
        scopes = allowed;
        if (form["scope"] is not { } text) return null;
        if (ScopeText.Split(text) is not { } asked) return TokenError.ScopeMalformed;
        scopes = asked;
        return asked.All(scope => allowed.Contains(scope, StringComparer.Ordinal)) ? null : TokenError.ScopeRefused;
    }
}
