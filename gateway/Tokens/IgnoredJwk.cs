namespace Sallyport.Gateway.Tokens;

/// <summary>An entry of a JWK Set that does not serve.</summary>
/// <param name="KeyId">Its <c>kid</c>, where it has a readable one.</param>
/// <param name="Reason">Why, as a clause: "its RSA modulus is shorter than 2048 bits".</param>
internal sealed record IgnoredJwk(string? KeyId, string Reason);
