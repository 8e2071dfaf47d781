namespace Sallyport.Gateway.Trust;

/// <summary>One entry of <c>Sallyport:TrustedIssuers</c>, checked.</summary>
internal sealed record TrustedIssuerOptions
{
    /// <summary>The configured name: what policies, metrics and logs say.</summary>
    public required string Name { get; init; }

    /// <summary>The exact value of the <c>iss</c> claim (RFC 7519 section 4.1.1).</summary>
    public required string Issuer { get; init; }

    /// <summary>The token's <c>aud</c> must name at least one of these; never empty.</summary>
    public required IReadOnlyList<string> Audiences { get; init; }

    /// <summary>Names of the algorithms that this issuer may use (RFC 7518 section 3.1, RFC 8037); never <c>none</c>.</summary>
    public IReadOnlyList<string> Algorithms { get; init; } = ["ES256", "RS256", "EdDSA"];

    /// <summary>Accepted values of the header's <c>typ</c>, without <c>application/</c>; an absent <c>typ</c> counts as <c>JWT</c>.</summary>
    public IReadOnlyList<string> Types { get; init; } = ["at+jwt", "JWT"];

    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest time from <c>iat</c> (or <c>nbf</c>, or now) to <c>exp</c>.</summary>
    public TimeSpan MaxLifetime { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Claims that must be present, beside iss, sub, aud and exp.</summary>
    public IReadOnlyList<string> RequiredClaims { get; init; } = [];

    /// <summary>Whether the gateway is ready only while this issuer has usable keys.</summary>
    public bool Required { get; init; } = true;

    public required KeySourceOptions Keys { get; init; }
}
