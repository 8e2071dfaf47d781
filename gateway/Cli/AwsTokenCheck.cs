using System.Text.Json;
using Sallyport.Gateway.Configuration;
using Sallyport.Gateway.Issuing;
using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Cli;

/// <summary>What STS asks of a token: form, key, signature, claims. No finding repeats a claim's value.</summary>
/// <param name="issuer">The URL of the provider.</param>
/// <param name="audiences">Its client IDs.</param>
/// <param name="keys">The JWK Set that was served; null where there was none.</param>
internal sealed class AwsTokenCheck(string issuer, IReadOnlyCollection<string> audiences, JwkSet? keys, DateTimeOffset now)
{
    private const int MaxBytes = 1024 * 1024;
    private const long SkewSeconds = 300;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    private readonly List<Mistake> _findings = [];

    public IReadOnlyList<Mistake> Check(string token)
    {
        if (token.Length > FederationLimits.MaxTokenCharacters) Wrong("token", $"has {token.Length} characters.", $"STS takes {FederationLimits.MaxTokenCharacters}: fewer or shorter tags.");
        if (!CompactJws.TryParse(token, MaxBytes, out var jws, out var fault))
        {
            Wrong("token", $"is no signed token: {fault.Detail}", "Give the whole token, as the token endpoint answered it.");
            return _findings;
        }

        Signature(jws);
        try
        {
            using var claims = JsonDocument.Parse(jws.Payload, Strict);
            if (claims.RootElement.ValueKind == JsonValueKind.Object) Claims(claims.RootElement);
            else Wrong("token", "has a payload that is no object.", "Give a JWT.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            Wrong("token", "has a payload that is no JSON, repeats a claim, or holds text that is no Unicode.", "Give a JWT.");
        }

        return _findings;
    }

    private void Signature(CompactJws jws)
    {
        var algorithm = jws.Header.Algorithm;
        if (!FederationLimits.Takes(algorithm)) Wrong("token.header.alg", $"is {algorithm}.", "STS verifies RS256, RS384, RS512, ES256, ES384 and ES512.");
        if (jws.Header.KeyId is not { } kid)
        {
            Wrong("token.header.kid", "is missing.", "STS chooses keys by kid only.");
            return;
        }

        if (keys is null) return;
        if (keys.Keys.FirstOrDefault(key => key.KeyId == kid) is not { } named) Wrong("token.header.kid", "is not in the JWK Set.", "The token is of another issuer, or its key has been retired: take a fresh one.");
        else if (!named.Fits(algorithm) || !named.Verify(algorithm, jws.SigningInput, jws.Signature)) Wrong("token.signature", "is not valid under the key of that kid.", "The token was changed, or is of another issuer.");
    }

    private void Claims(JsonElement claims)
    {
        if (Text(claims, "iss") is not { } iss || !string.Equals(iss, issuer, StringComparison.Ordinal)) Wrong("token.iss", "is not byte for byte the issuer.", "The provider in IAM, discovery and the token must name one and the same.");
        if (Text(claims, "aud") is not { } audience) Wrong("token.aud", "is no single string.", "Ask for one audience.");
        else if (!audiences.Contains(audience, StringComparer.Ordinal)) Wrong("token.aud", "is none of the audiences.", $"Ask for {string.Join(" or ", audiences)}, or name it by --audience.");
        if (Text(claims, "sub") is not { Length: > 0 and <= FederationLimits.MaxSubjectCharacters } subject || subject.Any(c => !char.IsAscii(c)))
            Wrong("token.sub", $"is not of 1 to {FederationLimits.MaxSubjectCharacters} ASCII characters.", "OpenID Connect Core 1.0 section 2 demands it.");

        var seconds = now.ToUnixTimeSeconds();
        if (Time(claims, "exp", isDemanded: true) is { } expires && expires <= seconds) Wrong("token.exp", "is in the past.", "Take a fresh token.");
        if (Time(claims, "iat", isDemanded: true) is { } issued && issued > seconds + SkewSeconds) Wrong("token.iat", "is in the future.", "Set the clocks.");
        if (Time(claims, "nbf", isDemanded: false) is { } begins && begins > seconds + SkewSeconds) Wrong("token.nbf", "is in the future.", "Set the clocks.");
        AwsTagsCheck.Check(claims, _findings);
    }

    private long? Time(JsonElement claims, string name, bool isDemanded)
    {
        if (!claims.TryGetProperty(name, out var value))
        {
            if (isDemanded) Wrong("token." + name, "is missing.", "STS takes no token without it.");
            return null;
        }

        // 1.7e9 is a number of seconds to many, and none to some.
        if (value.ValueKind == JsonValueKind.Number && value.GetRawText().All(char.IsAsciiDigit) && value.TryGetInt64(out var seconds)) return seconds;
        Wrong("token." + name, "is no whole number.", "Write seconds since 1970 in digits only.");
        return null;
    }

    private static string? Text(JsonElement claims, string name) => claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private void Wrong(string place, string problem, string mend) => _findings.Add(new(place, problem, mend));
}
