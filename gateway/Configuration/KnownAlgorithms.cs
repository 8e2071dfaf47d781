namespace Sallyport.Gateway.Configuration;

/// <summary>The algorithm names that a trusted issuer may list.</summary>
internal static class KnownAlgorithms
{
    public static IReadOnlyList<string> Names { get; } =
        ["ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "EdDSA", "HS256"];

    /// <summary>Whether the algorithm is a MAC, whose key both sides share (RFC 7518 section 3.2).</summary>
    public static bool IsSymmetric(string name) => name.StartsWith("HS", StringComparison.Ordinal);
}
