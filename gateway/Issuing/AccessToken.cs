using System.Text.Json;

namespace Sallyport.Gateway.Issuing;

/// <summary>The claims that all our access tokens have (RFC 9068 section 2.2) beside those of the mint.</summary>
internal static class AccessToken
{
    public const string Type = "at+jwt";

    public static void WriteClaims(Utf8JsonWriter writer, Client client, IReadOnlyList<string> scopes)
    {
        writer.WriteString("client_id", client.Id);
        if (scopes.Count > 0) writer.WriteString("scope", string.Join(' ', scopes));
    }

    public static TimeSpan LifetimeOf(Client client, IssuerOptions options) => client.Options.Lifetime ?? options.Lifetime;
}
