using Sallyport.Gateway.Issuing;
using Sallyport.Gateway.Trust;

namespace Sallyport.Gateway.Demonstration;

/// <summary>Tokens for trying things out, for whoever asks. Development only: the demonstration's, and those of the verb <c>token mint</c>.</summary>
internal static class DevelopmentToken
{
    public const string Purpose = "development";

    public static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    private static readonly string[] OfTheMint = ["iss", "sub", "aud", "iat", "exp", "nbf", "jti"];

    /// <summary>An access token (RFC 9068) that <paramref name="issuer"/>'s configuration accepts; <c>aud</c> is its first audience.</summary>
    /// <param name="issuer">Ourselves, as the gateway trusts us.</param>
    /// <param name="claims">Name to value; <c>true</c> and <c>false</c> are written as booleans. Those that are the mint's are left out.</param>
    /// <param name="actor">Who asks, for the audit.</param>
    /// <param name="lifetime">Never past the key, nor longer than the issuer's <see cref="TrustedIssuerOptions.MaxLifetime"/>.</param>
    public static MintRequest Of(TrustedIssuerOptions issuer, IReadOnlyDictionary<string, string> claims, string actor, TimeSpan lifetime) => new()
    {
        Type = "at+jwt",
        Subject = claims.GetValueOrDefault("sub", "somebody"),
        Audiences = [issuer.Audiences[0]],
        Lifetime = lifetime < issuer.MaxLifetime ? lifetime : issuer.MaxLifetime,
        WriteClaims = writer =>
        {
            foreach (var (name, value) in claims.Where(claim => !OfTheMint.Contains(claim.Key, StringComparer.Ordinal)))
                if (value is "true" or "false") writer.WriteBoolean(name, value == "true");
                else writer.WriteString(name, value);
        },
        Actor = actor,
        Purpose = Purpose,
    };
}
