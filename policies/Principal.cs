namespace Sallyport.Policies;

/// <summary>Who is calling: what a token said of its subject, after every check of that token passed.</summary>
public sealed class Principal
{
    /// <summary>The configured name of the trusted issuer.</summary>
    public required string IssuerName { get; init; }

    /// <summary>The <c>iss</c> claim.</summary>
    public required string Issuer { get; init; }

    /// <summary>The <c>sub</c> claim.</summary>
    public required string Subject { get; init; }

    /// <summary>The <c>aud</c> claim; never empty.</summary>
    public required IReadOnlyList<string> Audiences { get; init; }

    /// <summary>The <c>scope</c> claim (RFC 8693 section 4.2), or <c>scp</c> where there is none.</summary>
    public required ScopeSet Scopes { get; init; }

    /// <summary>The <c>exp</c> claim.</summary>
    public required DateTimeOffset Expires { get; init; }

    /// <summary>The <c>jti</c> claim, if the token has one.</summary>
    public string? TokenId { get; init; }

    /// <summary>Every claim of the token, the registered ones included, in the token's order.</summary>
    public required IReadOnlyList<KeyValuePair<string, ClaimValue>> Claims { get; init; }

    /// <summary>Finds a claim by its exact name.</summary>
    public bool TryGetClaim(string name, out ClaimValue value)
    {
        for (var i = 0; i < Claims.Count; i++)
        {
            if (!string.Equals(Claims[i].Key, name, StringComparison.Ordinal)) continue;
            value = Claims[i].Value;
            return true;
        }

        value = default;
        return false;
    }

    /// <summary>Names the issuer only: subjects do not belong in logs.</summary>
    public override string ToString() => $"Principal of {IssuerName}";
}
