namespace Sallyport.Policies;

/// <summary>Ties a value of the route to a claim: both must be present, be single strings and be equal, byte for byte.</summary>
/// <param name="RouteValue">Name of the route parameter, for example <c>tenant</c> of <c>/orders/{tenant}/{**rest}</c>.</param>
/// <param name="Claim">Name of the claim that must equal it.</param>
public sealed record TenantRule(string RouteValue, string Claim);
