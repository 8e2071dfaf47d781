using System.Text.Json;
using Sallyport.Gateway.Keys;

namespace Sallyport.Gateway.Issuing;

/// <summary>What clients and verifiers read of this issuer (RFC 8414, OpenID Connect Discovery 1.0): one document at two addresses.</summary>
/// <remarks>Every address in it is made of the configured identifier; a request's Host has no part in it.</remarks>
internal sealed class MetadataEndpoint(IssuerOptions options, OwnKeys keys, Clients clients)
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(5);

    private readonly IssuerAddresses _addresses = new(options.Issuer);
    private volatile Rendered? _rendered;

    public Task AnswerAsync(HttpContext context)
    {
        var (ring, scopes) = (keys.Current, clients.Scopes);
        var rendered = _rendered;
        if (rendered is null || !ReferenceEquals(rendered.Ring, ring) || !ReferenceEquals(rendered.Scopes, scopes))
            _rendered = rendered = new(ring, scopes, new PublicDocument("application/json", writer => Write(writer, ring, scopes)));
        return rendered.Document.AnswerAsync(context, MaxAge);
    }

    private void Write(Utf8JsonWriter writer, OpenRing? ring, IReadOnlyList<string> scopes)
    {
        writer.WriteString("issuer", options.Issuer);
        writer.WriteString("jwks_uri", _addresses.JwksUri);
        writer.WriteString("token_endpoint", _addresses.TokenEndpoint);
        List("grant_types_supported", [ClientCredentialsGrant.Name, TokenExchangeGrant.Name]);
        List("token_endpoint_auth_methods_supported", ["private_key_jwt", "client_secret_basic"]);
        List("token_endpoint_auth_signing_alg_values_supported", [.. ClientAssertion.Algorithms.Select(algorithm => algorithm.Name)]);
        // Both specifications demand it. There is no authorization endpoint; id_token is what verifiers of workload tokens expect here.
        List("response_types_supported", ["id_token"]);
        List("subject_types_supported", ["public"]);
        // Of the keys that tokens may be signed with just now, while one algorithm takes over from another.
        var algorithms = ring?.Published.Keys.Select(key => key.Algorithm?.Name).OfType<string>() ?? [];
        List("id_token_signing_alg_values_supported", [.. algorithms.Append(options.Keys.Algorithm).Where(name => name.Length > 0).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]);
        string[] claims = ["iss", "sub", "aud", "exp", "iat", "jti", "client_id", "scope", "act", SubjectIdentifier.Claim];
        List("claims_supported", options.Federation.Count > 0 ? [.. claims, FederationClaims.Name] : claims);
        // RFC 8414 section 3.2: what would be empty is left out.
        if (scopes.Count > 0) List("scopes_supported", scopes);

        void List(string name, IReadOnlyList<string> values)
        {
            writer.WriteStartArray(name);
            foreach (var value in values) writer.WriteStringValue(value);
            writer.WriteEndArray();
        }
    }

    private sealed record Rendered(OpenRing? Ring, IReadOnlyList<string> Scopes, PublicDocument Document);
}
