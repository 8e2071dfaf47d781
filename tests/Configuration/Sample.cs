using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using Sallyport.Gateway.Configuration;

namespace Sallyport.Tests.Configuration;

/// <summary>A whole configuration without mistakes, to break in one place at a time.</summary>
internal static class Sample
{
    public const string Json = """
        {
          // Comments and trailing commas are allowed.
          "Sallyport": {
            "TrustedIssuers": {
              "corp": {
                "Issuer": "https://id.example.com", "Audiences": ["api"], "Algorithms": ["ES256", "RS256", "EdDSA"],
                "Types": ["at+jwt", "JWT"], "ClockSkew": "00:00:30", "MaxLifetime": "1.00:00:00", "RequiredClaims": ["org_id"],
                "Required": true,
                "Keys": {
                  "JwksUri": "https://id.example.com/jwks", "SoftExpiry": "00:05:00", "MaxStale": "1.00:00:00",
                  "Cooldown": "00:00:30", "Timeout": "00:00:05", "MaxBytes": 262144, "MaxKeys": 64
                }
              },
              "partner": { "Issuer": "https://partner.example.com", "Audiences": ["api", "orders"], "Keys": { "Discovery": true } },
              "derived": { "Issuer": "https://derived.example.com", "Audiences": ["api"] },
              "inline": {
                "Issuer": "inline", "Audiences": ["api"], "Required": false,
                "Keys": { "Inline": { "keys": [{ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "key_ops": ["verify"] }] } }
              },
              "own": { "Audiences": ["gateway"], "Keys": { "Own": true } }
            },
            "Issuer": { "Issuer": "https://gateway.example.com", "Keys": { "Store": "Memory" } },
            "Policies": {
              "any-token": {},
              "orders-read": {
                "Required": true, "Issuers": ["corp"], "Audiences": ["orders"],
                "Scopes": { "All": ["orders:read"], "Any": [] },
                "Claims": { "email_verified": [true], "https://example.com/roles": ["reader", "writer"], "level": 3 },
                "Tenant": { "RouteValue": "tenant", "Claim": "org_id" }
              },
              "either": { "AnyOf": ["any-token", "orders-read"] },
              "both": { "AllOf": ["any-token", "orders-read"], "Scopes": { "Any": ["a", "b"] } },
              "browser": { "Required": false, "Token": { "Cookie": "__Host-session" } },
              "download": { "Token": { "Query": "access_token" } }
            },
            "Forwarding": {
              "Prefix": "X-Auth-", "Claims": { "Email": "email", "Roles": "https://example.com/roles" }, "Token": "Strip",
              "MaxBytes": 8192, "CloseOnExpiry": true,
            },
            "VerifiedTokens": { "MaxEntries": 20000, "MaxTokenBytes": 8192, "MaxAge": "00:10:00" },
            "Admin": { "Url": "http://127.0.0.1:8081" },
            "Telemetry": { "OtlpEndpoint": "http://localhost:4317", "OtlpProtocol": "grpc" },
            "Demonstration": {
              "Upstream": "http://127.0.0.1:8082",
              "Requests": [
                { "Title": "Passes", "Path": "/orders/acme/1", "Claims": { "sub": "alice", "org_id": "acme", "https://example.com/roles": "reader" } },
                { "Title": "No token", "Path": "/orders/acme/1" }
              ]
            }
          },
          "ReverseProxy": {
            "Routes": {
              "orders": {
                "ClusterId": "backend", "AuthorizationPolicy": "orders-read",
                "Match": { "Path": "/orders/{tenant}/{**rest}", "Methods": ["GET"] },
                "Metadata": { "Sallyport:Token": "Keep", "Team": "orders" },
                "Transforms": [{ "PathRemovePrefix": "/orders" }, { "RequestHeader": "X-Team", "Set": "orders" }]
              },
              "files": { "ClusterId": "backend", "AuthorizationPolicy": "download", "Match": { "Path": "/files/{**rest}" } },
              "either": { "ClusterId": "backend", "AuthorizationPolicy": "either", "Match": { "Path": "/either/{Tenant}" } },
              "open": { "ClusterId": "backend", "AuthorizationPolicy": "anonymous", "Match": { "Path": "/open" } }
            },
            "Clusters": { "backend": { "Destinations": { "one": { "Address": "http://127.0.0.1:8082" } } } }
          }
        }
        """;

    public static ConfigurationReading Read(JsonNode configuration, string environment = "Development") =>
        Read(configuration.ToJsonString(), environment);

    public static ConfigurationReading Read(string json, string environment = "Development") =>
        GatewayConfiguration.Read(Root(json), environment, Path.GetTempPath());

    /// <summary>Several JSON texts, the later one winning.</summary>
    public static IConfigurationRoot Root(params string[] texts)
    {
        var builder = new ConfigurationBuilder();
        foreach (var text in texts)
            builder.AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(text)));
        return builder.Build();
    }

    public static JsonNode Node() =>
        JsonNode.Parse(Json, documentOptions: new() { AllowTrailingCommas = true, CommentHandling = System.Text.Json.JsonCommentHandling.Skip })!;

    /// <summary>The sample with the value at <paramref name="path"/> (keys and indexes, separated by spaces) set to <paramref name="json"/>, or taken out when that is null.</summary>
    public static JsonNode With(string path, string? json)
    {
        var root = Node();
        Set(root, path, json);
        return root;
    }

    public static void Set(JsonNode root, string path, string? json)
    {
        var steps = path.Split(' ');
        var node = root;
        foreach (var step in steps[..^1])
            node = node is JsonArray array ? array[int.Parse(step)]! : node[step] ??= new JsonObject();
        var value = json is null ? null : JsonNode.Parse(json);
        if (node is JsonArray elements)
            elements[int.Parse(steps[^1])] = value;
        else if (json is null)
            node.AsObject().Remove(steps[^1]);
        else
            node[steps[^1]] = value;
    }
}
