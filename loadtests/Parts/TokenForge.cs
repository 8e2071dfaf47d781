using System.Globalization;
using System.Text.Json.Nodes;

namespace Sallyport.LoadTests.Parts;

/// <summary>The trusted issuer of a run: its keys, the tokens that it signs, and the gateway's configuration that trusts it.</summary>
internal sealed class TokenForge : IDisposable
{
    public const string Issuer = "https://id.example.com";

    private static readonly string[] Algorithms = ["ES256", "RS256", "EdDSA"];

    private readonly Dictionary<string, TokenKey> _keys = Algorithms.ToDictionary(a => a, a => new TokenKey(a), StringComparer.Ordinal);
    private int _serial;

    /// <summary>A token of an ordinary employee, unlike every other one.</summary>
    public string Token(string algorithm)
    {
        var serial = (++_serial).ToString(CultureInfo.InvariantCulture);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        return _keys[algorithm].Sign(new JsonObject
        {
            ["iss"] = Issuer,
            ["sub"] = $"user-{serial}",
            ["aud"] = "api",
            ["iat"] = now,
            ["exp"] = now + 3600,
            ["jti"] = $"load-{serial}",
            ["scope"] = "orders:read orders:write",
            ["org_id"] = "acme",
            ["email"] = "somebody@example.com",
        });
    }

    public string GatewayConfiguration(string url, string adminUrl, string upstream) => new JsonObject
    {
        ["Urls"] = url,
        ["Sallyport"] = new JsonObject
        {
            ["Admin"] = new JsonObject { ["Url"] = adminUrl },
            ["TrustedIssuers"] = new JsonObject
            {
                ["corp"] = new JsonObject
                {
                    ["Issuer"] = Issuer,
                    ["Audiences"] = new JsonArray("api"),
                    ["Algorithms"] = new JsonArray([.. Algorithms.Select(a => (JsonNode)a)]),
                    ["Keys"] = new JsonObject { ["Inline"] = new JsonObject { ["keys"] = new JsonArray([.. _keys.Values.Select(k => k.PublicJwk())]) } },
                },
            },
            ["Policies"] = new JsonObject
            {
                ["orders-read"] = new JsonObject
                {
                    ["Issuers"] = new JsonArray("corp"),
                    ["Scopes"] = new JsonObject { ["All"] = new JsonArray("orders:read") },
                    ["Tenant"] = new JsonObject { ["RouteValue"] = "tenant", ["Claim"] = "org_id" },
                },
            },
            ["Forwarding"] = new JsonObject { ["Claims"] = new JsonObject { ["Email"] = "email" } },
        },
        ["ReverseProxy"] = new JsonObject
        {
            ["Routes"] = new JsonObject
            {
                ["orders"] = Route("orders-read", "/orders/{tenant}/{**rest}"),
                ["open"] = Route("Anonymous", "/open/{**rest}"),
            },
            ["Clusters"] = new JsonObject
            {
                ["upstream"] = new JsonObject { ["Destinations"] = new JsonObject { ["only"] = new JsonObject { ["Address"] = upstream } } },
            },
        },
    }.ToJsonString();

    /// <summary>A token that says this.</summary>
    public string Sign(string algorithm, JsonObject claims) => _keys[algorithm].Sign(claims);

    public void Dispose()
    {
        foreach (var key in _keys.Values) key.Dispose();
    }

    private static JsonObject Route(string policy, string path) =>
        new() { ["ClusterId"] = "upstream", ["AuthorizationPolicy"] = policy, ["Match"] = new JsonObject { ["Path"] = path } };
}
