namespace Sallyport.Policies;

/// <summary>The stable codes of refusals by a requirement. Responses, metrics and <c>explain</c> use the same words.</summary>
public static class DenialReason
{
    /// <summary>No requirement has decided: refused.</summary>
    public const string NotDecided = "not_decided";

    /// <summary>The route needs a token and the request has none.</summary>
    public const string TokenMissing = "token_missing";

    /// <summary>The token's issuer is trusted, but not on this route.</summary>
    public const string IssuerNotAllowed = "issuer_not_allowed";

    /// <summary>The token is for another audience than this route's.</summary>
    public const string AudienceNotAllowed = "audience_not_allowed";

    /// <summary>The token lacks a scope (RFC 6750 section 3.1).</summary>
    public const string InsufficientScope = "insufficient_scope";

    /// <summary>A claim that the route asks for is absent.</summary>
    public const string ClaimMissing = "claim_missing";

    /// <summary>A claim that the route asks for has another value.</summary>
    public const string ClaimMismatch = "claim_mismatch";

    /// <summary>The claim that names the tenant is absent.</summary>
    public const string TenantMissing = "tenant_missing";

    /// <summary>The token is another tenant's.</summary>
    public const string TenantMismatch = "tenant_mismatch";
}
