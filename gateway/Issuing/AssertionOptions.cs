namespace Sallyport.Gateway.Issuing;

/// <summary>The <c>Sallyport:Issuer:Assertions</c> section, checked: the JWT by which upstreams know the caller.</summary>
internal sealed record AssertionOptions
{
    /// <summary>The header that carries it; <c>Authorization</c> for a Bearer token (RFC 6750).</summary>
    public string Header { get; init; } = "X-Auth-Assertion";

    /// <summary>60 s to 5 min; never past the token of the caller.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Claim of the assertion, to claim of the caller's token.</summary>
    public IReadOnlyDictionary<string, string> Claims { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
