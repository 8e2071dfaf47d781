namespace Sallyport.Policies;

/// <summary>Ties a value of the route to a claim: both must be present, be single non-empty strings and be equal, byte for byte.</summary>
/// <param name="RouteValue">Name of the route parameter, for example <c>tenant</c> of <c>/orders/{tenant}/{**rest}</c>.</param>
/// <param name="Claim">Name of the claim that must equal it.</param>
public sealed record TenantRule(string RouteValue, string Claim)
{
    /// <summary>Decides whether the principal is the tenant that the route names.</summary>
    public Decision Decide(Principal principal, IReadOnlyDictionary<string, object?> routeValues)
    {
        if (!routeValues.TryGetValue(RouteValue, out var given) || given is not string { Length: > 0 } tenant)
            return Decision.Denied(DenialReason.TenantMissing, $"The path names no '{RouteValue}'.");

        if (!principal.TryGetClaim(Claim, out var claim) || claim.Kind != ClaimKind.String || claim.Text.Length == 0)
            return Decision.Denied(DenialReason.TenantMissing, $"The token lacks the claim '{Claim}'.");

        return string.Equals(tenant, claim.Text, StringComparison.Ordinal)
            ? Decision.Allowed
            : Decision.Denied(DenialReason.TenantMismatch, $"The token is not for this '{RouteValue}'.");
    }
}
