namespace Sallyport.Policies;

/// <summary>One named policy as it was configured: who may pass a route, and where the token is found.</summary>
/// <remarks>Every part that is given must hold. <see cref="AnyOf"/> and <see cref="AllOf"/> name other policies.</remarks>
public sealed record PolicyOptions
{
    /// <summary>The name that a route's <c>AuthorizationPolicy</c> uses.</summary>
    public required string Name { get; init; }

    /// <summary>False lets a request without a token pass as anonymous; a bad token is refused all the same.</summary>
    public bool Required { get; init; } = true;

    /// <summary>Configured names of the trusted issuers that may pass; empty for any trusted issuer.</summary>
    public IReadOnlyList<string> Issuers { get; init; } = [];

    /// <summary>Audiences of which the token must name at least one (RFC 7519 section 4.1.3); empty for no further audience.</summary>
    public IReadOnlyList<string> Audiences { get; init; } = [];

    /// <summary>Scopes that the token must all have (RFC 6749 section 3.3).</summary>
    public IReadOnlyList<string> AllScopes { get; init; } = [];

    /// <summary>Scopes of which the token must have at least one; empty for no such rule.</summary>
    public IReadOnlyList<string> AnyScopes { get; init; } = [];

    /// <summary>Claims that must be present with one of the listed values, by name.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Claims { get; init; } = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);

    /// <summary>The rule that ties a route value to a claim, if there is one.</summary>
    public TenantRule? Tenant { get; init; }

    /// <summary>Names of policies of which at least one must let the request pass.</summary>
    public IReadOnlyList<string> AnyOf { get; init; } = [];

    /// <summary>Names of policies that must all let the request pass.</summary>
    public IReadOnlyList<string> AllOf { get; init; } = [];

    /// <summary>Where the token is found; by default the Authorization header.</summary>
    public TokenSource Token { get; init; } = TokenSource.Header;

    /// <summary>True lets no token pass while it is not known which ones have been revoked of late.</summary>
    public bool FailsClosed { get; init; }
}
