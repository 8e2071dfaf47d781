using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Sallyport.Tests.Support;

/// <summary>An issuer, an upstream and a gateway between them: the usual set-up, changed where a test needs it.</summary>
/// <remarks>
/// Trusted issuer <c>corp</c> with one published key <c>k1</c>; policies <c>any</c> (whoever has a token), <c>orders-read</c> (scope
/// orders:read), <c>tenant</c> (route value tenant equals claim org_id), <c>optional</c>; routes <c>/any</c>, <c>/orders</c>,
/// <c>/tenants/{tenant}</c>, <c>/optional</c> and the open <c>/open</c>.
/// </remarks>
internal sealed class House : IAsyncDisposable
{
    public const string Audience = "api";

    private House(IssuerServer issuer, RecordingUpstream upstream, TestGateway gateway, TestKey key, TimeProvider clock, HttpClient client) =>
        (Issuer, Upstream, Gateway, Key, Clock, Client) = (issuer, upstream, gateway, key, clock, client);

    public IssuerServer Issuer { get; }

    public RecordingUpstream Upstream { get; }

    public TestGateway Gateway { get; }

    /// <summary>The key of kid <c>k1</c>, ES256.</summary>
    public TestKey Key { get; }

    public TimeProvider Clock { get; }

    public HttpClient Client { get; }

    public static async Task<House> OpenAsync(Action<JsonObject>? edit = null, TimeProvider? clock = null)
    {
        var key = TestKey.New("ES256");
        var issuer = await IssuerServer.StartAsync(key.PublicJwk("k1", "ES256", "sig"));
        var upstream = await RecordingUpstream.StartAsync();
        var json = Configuration(issuer, upstream);
        edit?.Invoke(json);
        var gateway = await TestGateway.StartAsync(json, clock);
        var client = FrontDoors.Client(gateway);
        return new House(issuer, upstream, gateway, key, clock ?? TimeProvider.System, client);
    }

    public static JsonObject Configuration(IssuerServer issuer, RecordingUpstream upstream) => (JsonObject)JsonNode.Parse($$"""
        {
          "Sallyport": {
            "TrustedIssuers": {
              "corp": {
                "Issuer": "{{issuer.Issuer}}", "Audiences": ["{{Audience}}"], "Algorithms": ["ES256", "RS256", "EdDSA"],
                "Keys": { "JwksUri": "{{issuer.JwksUri}}", "Timeout": "00:00:30" }
              }
            },
            "Policies": {
              "any": { "Issuers": ["corp"] },
              "orders-read": { "Scopes": { "All": ["orders:read"] } },
              "tenant": { "Tenant": { "RouteValue": "tenant", "Claim": "org_id" } },
              "optional": { "Required": false }
            },
            "Forwarding": { "Claims": { "Email": "email", "Roles": "roles" } }
          },
          "ReverseProxy": {
            "Routes": {
              "any": { "ClusterId": "upstream", "AuthorizationPolicy": "any", "Match": { "Path": "/any/{**rest}" } },
              "orders": { "ClusterId": "upstream", "AuthorizationPolicy": "orders-read", "Match": { "Path": "/orders/{**rest}" } },
              "tenants": { "ClusterId": "upstream", "AuthorizationPolicy": "tenant", "Match": { "Path": "/tenants/{tenant}/{**rest}" } },
              "optional": { "ClusterId": "upstream", "AuthorizationPolicy": "optional", "Match": { "Path": "/optional/{**rest}" } },
              "open": { "ClusterId": "upstream", "AuthorizationPolicy": "Anonymous", "Match": { "Path": "/open/{**rest}" } }
            },
            "Clusters": { "upstream": { "Destinations": { "only": { "Address": "{{upstream.Url}}" } } } }
          }
        }
        """)!;

    /// <summary>Claims that the gateway accepts.</summary>
    public JsonObject Claims(Action<JsonObject>? edit = null)
    {
        var now = Clock.GetUtcNow().ToUnixTimeSeconds();
        var claims = new JsonObject
        {
            ["iss"] = Issuer.Issuer,
            ["sub"] = "alice",
            ["aud"] = Audience,
            ["iat"] = now,
            ["exp"] = now + 600,
        };
        edit?.Invoke(claims);
        return claims;
    }

    /// <summary>A token that the gateway accepts, unless it is edited.</summary>
    public string Token(Action<JsonObject>? edit = null, TestKey? key = null, string? kid = "k1", string? typ = "JWT") =>
        TokenForge.Token(key ?? Key, Claims(edit), kid, typ);

    public async Task<HttpResponseMessage> Get(string path, string? token = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await Client.SendAsync(request);
    }

    /// <summary>Status and the problem's reason of an answer that the gateway gave itself.</summary>
    public static async Task<(int Status, string Reason)> Problem(HttpResponseMessage response)
    {
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        return ((int)response.StatusCode, (string)problem["reason"]!);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Gateway.DisposeAsync();
        await Upstream.DisposeAsync();
        await Issuer.DisposeAsync();
    }
}
