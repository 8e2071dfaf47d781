using System.Buffers.Text;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Sallyport.Gateway.Issuing;
using Sallyport.Gateway.Keys;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Issuing;

/// <summary>A <see cref="House"/> whose gateway issues tokens, and believes its own.</summary>
/// <remarks>
/// Clients: <c>billing</c> (secret; orders, payments; scopes orders:read and orders:write; both grants), <c>robot</c> (key <c>c1</c>; orders; orders:read;
/// both grants) and <c>reader</c> (secret; orders; no scopes; client credentials only). Trusted issuer <c>own</c>: our own tokens for <c>gateway</c>.
/// </remarks>
internal sealed class IssuingHouse : IAsyncDisposable
{
    public const string Issuer = "https://gateway.example.com";
    public const string Secret = "s3cret: of+billing%";

    // As few iterations as the configuration takes: what is tested is not how slow it is.
    private const int Iterations = 10_000;

    private readonly string? _macKey;

    private IssuingHouse(House house, OpenRing ring, TestKey robotKey, JsonObject json, string? macKey) =>
        (House, Ring, RobotKey, Json, _macKey) = (house, ring, robotKey, json, macKey);

    public House House { get; }

    public TestGateway Gateway => House.Gateway;

    public HttpClient Client => House.Client;

    public OpenRing Ring { get; }

    /// <summary>The private key of <c>robot</c>.</summary>
    public TestKey RobotKey { get; }

    /// <summary>What the gateway was started with, for a second one.</summary>
    public JsonObject Json { get; }

    public OwnKeys Keys => House.Keys();

    public static async Task<IssuingHouse> OpenAsync(Action<JsonObject>? edit = null, TimeProvider? clock = null, RedisServer? redis = null, string algorithm = "ES256")
    {
        var robot = TestKey.New("ES256");
        var macKey = redis is null ? null : Path.GetTempFileName();
        if (macKey is not null) await File.WriteAllTextAsync(macKey, Convert.ToHexString(RandomNumberGenerator.GetBytes(32)));
        JsonObject? json = null;
        var house = await House.OpenAsync(
            edited =>
            {
                var sallyport = edited["Sallyport"]!;
                sallyport["Issuer"] = Section(robot, algorithm);
                sallyport["TrustedIssuers"]!["own"] = JsonNode.Parse("""{ "Audiences": ["gateway"], "Keys": { "Own": true } }""");
                sallyport["Policies"]!["ours"] = new JsonObject { ["Issuers"] = new JsonArray("own") };
                edited["ReverseProxy"]!["Routes"]!["ours"] = JsonNode.Parse("""{ "ClusterId": "upstream", "AuthorizationPolicy": "ours", "Match": { "Path": "/ours/{**rest}" } }""");
                if (macKey is not null)
                    sallyport["Redis"] = new JsonObject { ["Configuration"] = redis!.Address, ["MacKey"] = new JsonObject { ["File"] = macKey }, ["Timeout"] = "00:00:05" };
                edit?.Invoke(edited);
                json = edited;
            },
            clock);
        // From now on the ring changes only where a test publishes another.
        await house.StopRotationAsync();
        return new IssuingHouse(house, house.Keys().Current!, robot, json!, macKey);
    }

    /// <summary>The same gateway once more, with a ring of its own.</summary>
    public Task<TestGateway> OpenSecondAsync() => TestGateway.StartAsync(Json);

    public static JsonObject Section(TestKey robot, string algorithm = "ES256")
    {
        var hash = ClientSecretHash.Of(Encoding.UTF8.GetBytes(Secret), Iterations).Write();
        var robotKeys = TokenForge.Set(robot.PublicJwk("c1", "ES256")).ToJsonString();
        return (JsonObject)JsonNode.Parse($$"""
            {
              "Issuer": "{{Issuer}}", "Algorithm": "{{algorithm}}", "Keys": { "Store": "Memory" },
              "Clients": {
                "billing": {
                  "SecretHash": "{{hash}}", "Audiences": ["orders", "payments", "gateway", "https://api.example.com/v1"], "Scopes": ["orders:read", "orders:write"],
                  "Grants": ["ClientCredentials", "TokenExchange"]
                },
                "robot": { "Keys": { "Inline": {{robotKeys}} }, "Audiences": ["orders"], "Scopes": ["orders:read"], "Grants": ["ClientCredentials", "TokenExchange"] },
                "reader": { "SecretHash": "{{hash}}", "Audiences": ["orders"] }
              }
            }
            """)!;
    }

    /// <summary>A request of a client with a secret; every field as <c>name=value</c>, encoded here.</summary>
    public Task<TokenAnswer> Ask(string client, params string[] fields) => Ask(Client, Basic(client, Secret), fields);

    public async Task<TokenAnswer> Ask(HttpClient client, AuthenticationHeaderValue? authorization, params string[] fields)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth/token") { Content = Form(fields), Headers = { Authorization = authorization } };
        using var response = await client.SendAsync(request);
        return await TokenAnswer.Of(response);
    }

    public static FormUrlEncodedContent Form(params string[] fields) =>
        new(fields.Select(field => field.Split('=', 2)).Select(pair => KeyValuePair.Create(pair[0], pair[1])));

    /// <summary>RFC 6749 section 2.3.1.</summary>
    public static AuthenticationHeaderValue Basic(string client, string secret) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Uri.EscapeDataString(client)}:{Uri.EscapeDataString(secret)}")));

    /// <summary>What <c>robot</c> proves itself by (RFC 7523), unless it is edited.</summary>
    public string Assertion(Action<JsonObject>? edit = null, TestKey? key = null, string? kid = "c1", string? typ = null)
    {
        var now = House.Clock.GetUtcNow().ToUnixTimeSeconds();
        var claims = new JsonObject { ["iss"] = "robot", ["sub"] = "robot", ["aud"] = Issuer, ["iat"] = now, ["exp"] = now + 60, ["jti"] = Guid.NewGuid().ToString() };
        edit?.Invoke(claims);
        return TokenForge.Token(key ?? RobotKey, claims, kid, typ);
    }

    /// <summary>The fields that carry it.</summary>
    public static string[] Proof(string assertion) => [$"client_assertion_type={ClientAssertion.Type}", $"client_assertion={assertion}"];

    /// <summary>A JWS of our own key with any header and claims.</summary>
    public string Forge(string typ, JsonObject claims)
    {
        var key = (SigningKey)Ring.Active!.Key;
        var header = new JsonObject { ["alg"] = key.Algorithm.Name, ["typ"] = typ, ["kid"] = key.KeyId };
        var input = TokenForge.Encode(header.ToJsonString()) + "." + TokenForge.Encode(claims.ToJsonString());
        return input + "." + Base64Url.EncodeToString(key.Sign(Encoding.ASCII.GetBytes(input)));
    }

    public async ValueTask DisposeAsync()
    {
        await House.DisposeAsync();
        if (_macKey is not null) File.Delete(_macKey);
    }
}
