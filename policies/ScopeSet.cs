namespace Sallyport.Policies;

/// <summary>The scopes of a token (RFC 6749 section 3.3): case-sensitive, without order.</summary>
public readonly struct ScopeSet
{
    private readonly IReadOnlyList<string>? _scopes;

    /// <summary>A set of these scopes.</summary>
    public ScopeSet(IReadOnlyList<string> scopes) => _scopes = scopes;

    /// <summary>The scopes, in the token's order.</summary>
    public IReadOnlyList<string> Values => _scopes ?? [];

    /// <summary>Whether the token has this scope, compared byte for byte.</summary>
    public bool Contains(string scope)
    {
        var scopes = Values;
        for (var i = 0; i < scopes.Count; i++)
            if (string.Equals(scopes[i], scope, StringComparison.Ordinal))
                return true;
        return false;
    }

    /// <inheritdoc />
    public override string ToString() => string.Join(' ', Values);
}
