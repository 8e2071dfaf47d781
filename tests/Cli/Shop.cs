using System.Text.Json.Nodes;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Cli;

/// <summary>A small shop as a newcomer would configure it: one issuer with its keys at hand, and a route of every kind.</summary>
internal sealed class Shop
{
    public const string Issuer = "https://id.shop.example";

    public TestKey Key { get; } = TestKey.New("ES256");

    /// <summary>The configuration; the issuer's keys are inline.</summary>
    public JsonObject Configuration(string upstream = "http://127.0.0.1:9")
    {
        var configuration = (JsonObject)JsonNode.Parse($$"""
            {
              "Urls": "http://127.0.0.1:0",
              "Sallyport": {
                "TrustedIssuers": {
                  "corp": { "Issuer": "{{Issuer}}", "Audiences": ["shop"], "Algorithms": ["ES256"] },
                  "partner": { "Issuer": "https://partner.example", "Audiences": ["shop"], "Keys": { "JwksUri": "https://partner.example/jwks" }, "Required": false }
                },
                "Policies": {
                  "orders": { "Issuers": ["corp"], "Scopes": { "All": ["orders:read"] }, "Tenant": { "RouteValue": "tenant", "Claim": "org_id" } },
                  "optional": { "Required": false },
                  "cookie": { "Token": { "Cookie": "session" } },
                  "query": { "Token": { "Query": "access_token" } },
                  "corp-only": { "Issuers": ["corp"] },
                  "scoped": { "Scopes": { "Any": ["orders:read", "orders:all"] } },
                  "either": { "AllOf": ["corp-only"], "AnyOf": ["corp-only", "scoped"] }
                },
                "Forwarding": { "Claims": { "Org": "org_id" } },
                "Admin": { "Url": "http://127.0.0.1:{{FreePort.Next()}}" }
              },
              "ReverseProxy": {
                "Routes": {
                  "orders": { "ClusterId": "up", "AuthorizationPolicy": "orders", "Match": { "Path": "/orders/{tenant}/{**rest}", "Methods": ["GET"] } },
                  "public": { "ClusterId": "up", "AuthorizationPolicy": "Anonymous", "Match": { "Path": "/public/{**rest}" } },
                  "optional": { "ClusterId": "up", "AuthorizationPolicy": "optional", "Match": { "Path": "/optional/{**rest}" } },
                  "cookie": { "ClusterId": "up", "AuthorizationPolicy": "cookie", "Match": { "Path": "/cookie/{**rest}" } },
                  "query": { "ClusterId": "up", "AuthorizationPolicy": "query", "Match": { "Path": "/query/{**rest}" } },
                  "either": { "ClusterId": "up", "AuthorizationPolicy": "either", "Match": { "Path": "/either/{**rest}" } },
                  "beta": { "ClusterId": "up", "AuthorizationPolicy": "Anonymous", "Order": -1, "Match": { "Path": "/orders/{**rest}", "Headers": [ { "Name": "X-Beta", "Values": ["1"] } ] } },
                  "preview": { "ClusterId": "up", "AuthorizationPolicy": "Anonymous", "Order": -1, "Match": { "Path": "/orders/{**rest}", "QueryParameters": [ { "Name": "preview", "Values": ["1"] } ] } },
                  "internal": { "ClusterId": "up", "AuthorizationPolicy": "Anonymous", "Match": { "Hosts": ["internal.example"], "Path": "/{**rest}" } }
                },
                "Clusters": { "up": { "Destinations": { "one": { "Address": "{{upstream}}" } } } }
              }
            }
            """)!;
        configuration["Sallyport"]!["TrustedIssuers"]!["corp"]!["Keys"] = new JsonObject { ["Inline"] = TokenForge.Set(Key.PublicJwk("k1", "ES256")) };
        return configuration;
    }

    /// <summary>A token of acme that every route takes, after <paramref name="edit"/>.</summary>
    public string Token(Action<JsonObject>? edit = null)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var claims = new JsonObject
        {
            ["iss"] = Issuer, ["aud"] = "shop", ["sub"] = "alice", ["org_id"] = "acme", ["scope"] = "orders:read", ["iat"] = now, ["exp"] = now + 600,
        };
        edit?.Invoke(claims);
        return TokenForge.Token(Key, claims, "k1");
    }
}
