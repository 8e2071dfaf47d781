using System.Text.Json;
using Sallyport.Gateway.Configuration;
using Sallyport.Gateway.Issuing;
using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Cli;

/// <summary>What STS asks of discovery and of the JWK Set.</summary>
internal static class AwsKeysCheck
{
    /// <param name="jwksUri">Where the keys are; null where that cannot be told.</param>
    public static IReadOnlyList<Mistake> Discovery(JsonElement document, string issuer, out Uri? jwksUri)
    {
        var findings = new List<Mistake>();
        if (Text(document, "issuer") is not { } named || !string.Equals(named, issuer, StringComparison.Ordinal))
            findings.Add(new("discovery.issuer", "is not byte for byte the issuer.", "Register the provider under exactly the configured issuer."));
        jwksUri = Uri.TryCreate(Text(document, "jwks_uri"), UriKind.Absolute, out var uri) && uri.Host.Length > 0 ? uri : null;
        if (jwksUri is null) findings.Add(new("discovery.jwks_uri", "is no URL.", "Name the address of the JWK Set in full."));
        else if (jwksUri.Scheme != Uri.UriSchemeHttps) findings.Add(new("discovery.jwks_uri", "is not https.", "Serve the JWK Set by https."));
        foreach (var name in (string[])["response_types_supported", "subject_types_supported", "id_token_signing_alg_values_supported"])
        {
            if (Strings(document, name) is not { Count: > 0 } values)
                findings.Add(new("discovery." + name, "is missing or no list of strings.", "OpenID Connect Discovery 1.0 section 3 demands it."));
            else if (name.StartsWith("id_token", StringComparison.Ordinal) && !values.Any(IsTaken))
                findings.Add(new("discovery." + name, "names no algorithm that STS verifies.", "Sign with RS256, RS384, RS512, ES256, ES384 or ES512."));
        }

        return findings;
    }

    /// <param name="keys">Those that verify something; empty where the set is none.</param>
    public static IReadOnlyList<Mistake> Keys(JsonElement document, byte[] body, out JwkSet keys)
    {
        keys = JwkSet.Of();
        if (!document.TryGetProperty("keys", out var entries) || entries.ValueKind != JsonValueKind.Array)
            return [new("jwks.keys", "is no list.", "Serve a JWK Set (RFC 7517 section 5).")];
        var findings = new List<Mistake>();
        var count = entries.GetArrayLength();
        if (count > FederationLimits.MaxKeys) findings.Add(new("jwks.keys", $"has {count} entries.", $"STS reads {FederationLimits.MaxKeys} at most. Retire keys, or rotate less often."));
        if (JwkSet.TryParse(body, Math.Max(1, count), out var parsed, out var problem)) keys = parsed;
        else findings.Add(new("jwks", $"cannot be read: {problem}.", "Serve a JWK Set (RFC 7517 section 5)."));

        var at = new JsonPath("jwks").Member("keys");
        var names = new HashSet<string>(StringComparer.Ordinal);
        var taken = 0;
        for (var i = 0; i < count; i++)
        {
            var entry = entries[i];
            // STS passes over what is neither RSA nor EC.
            if (entry.ValueKind != JsonValueKind.Object || Text(entry, "kty") is not ("RSA" or "EC")) continue;
            if (Text(entry, "kid") is not { Length: > 0 } kid) findings.Add(new(at.Element(i).Member("kid").Text, "is missing.", "STS chooses keys by kid only. Name the key."));
            else if (!names.Add(kid)) findings.Add(new(at.Element(i).Member("kid").Text, "is that of another key, too.", "Give each key a name of its own."));
            if (Text(entry, "alg") is { } algorithm && !IsTaken(algorithm)) continue;
            taken++;
        }

        if (taken == 0) findings.Add(new("jwks.keys", "has no RSA or EC key that STS verifies with.", "Sign with RS256, RS384, RS512, ES256, ES384 or ES512."));
        return findings;
    }

    private static bool IsTaken(string name) => Algorithm.Find(name) is { } algorithm && FederationLimits.Takes(algorithm);

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static List<string>? Strings(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            ? [.. value.EnumerateArray().Select(item => item.GetString()!)]
            : null;
}
