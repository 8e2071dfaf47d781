using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Sallyport.Gateway.Issuing;
using Sallyport.Tests.Fleet;

namespace Sallyport.Tests.Ring;

/// <summary>Gateways, each a process of its own, that are one issuer: their ring lies in Redis. Each trusts itself, and takes tokens at <c>/own</c>.</summary>
internal sealed class IssuingFleet : IAsyncDisposable
{
    public const string Issuer = "https://gateway.fleet.example";
    public const string Audience = "fleet";
    public const string Client = "tester";

    public const string RingName = GatewayFleet.Prefix + "{keys}:ring";
    public const string LeaseName = GatewayFleet.Prefix + "{keys}:lease";

    private readonly string _secret;

    private IssuingFleet(GatewayFleet gateways, string secret) => (Gateways, _secret) = (gateways, secret);

    public GatewayFleet Gateways { get; }

    public IReadOnlyList<Replica> Replicas => Gateways.Replicas;

    /// <summary>Starts Redis and what is around the gateways, and no gateway.</summary>
    /// <param name="replicas">How many.</param>
    /// <param name="edit">Changes the <c>Issuer</c> section.</param>
    /// <param name="hasWires">Whether each replica reaches Redis over a wire of its own.</param>
    /// <param name="environment">Added to that of every replica.</param>
    /// <param name="each">Changes the <c>Sallyport</c> section of the replica of that number.</param>
    /// <param name="audit">The <c>Audit</c> section; null for none.</param>
    public static async Task<IssuingFleet> PrepareAsync(
        int replicas,
        Action<JsonObject>? edit = null,
        bool hasWires = false,
        IReadOnlyDictionary<string, string>? environment = null,
        Action<int, JsonObject>? each = null,
        JsonObject? audit = null)
    {
        var secret = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
        var hash = ClientSecretHash.Of(Encoding.ASCII.GetBytes(secret), iterations: 10_000).Write();
        var plan = new FleetPlan
        {
            Replicas = replicas,
            HasRedisWires = hasWires,
            Environment = new Dictionary<string, string>(environment ?? new Dictionary<string, string>()) { ["FLEET_KEK"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)) },
            Edit = json =>
            {
                Edit(json, hash, edit);
                if (audit is not null) json["Sallyport"]!["Audit"] = audit.DeepClone();
                // Verbs run beside the first.
                each?.Invoke(0, (JsonObject)json["Sallyport"]!);
            },
            EditEach = each is null ? null : (number, json) => each(number, (JsonObject)json["Sallyport"]!),
        };
        return new IssuingFleet(await GatewayFleet.PrepareAsync(plan), secret);
    }

    /// <summary>All of them started at once, and ready.</summary>
    public static async Task<IssuingFleet> StartAsync(int replicas, Action<JsonObject>? edit = null, Action<int, JsonObject>? each = null, JsonObject? audit = null)
    {
        var fleet = await PrepareAsync(replicas, edit, each: each, audit: audit);
        try
        {
            await fleet.Gateways.Start();
            await fleet.Gateways.BecomesReady();
            return fleet;
        }
        catch
        {
            await fleet.DisposeAsync();
            throw;
        }
    }

    /// <summary>A key life of so many seconds, and times that go with it: a key is seen for a second and a half before it signs.</summary>
    public static Action<JsonObject> Quick(int seconds) => issuer =>
    {
        issuer["Lifetime"] = TimeSpan.FromSeconds(Math.Min(seconds / 6, 60)).ToString("c");
        issuer["JwksMaxAge"] = "00:00:01";
        issuer["Assertions"] = new JsonObject();
        issuer["Keys"]!["Life"] = TimeSpan.FromSeconds(seconds).ToString("c");
        issuer["Keys"]!["Poll"] = "00:00:00.250";
    };

    /// <summary>A token from one replica's token endpoint.</summary>
    public async Task<string> Token(Replica from)
    {
        using var request = TokenRequest();
        using var answer = await from.Client.SendAsync(request);
        var body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"Replica {from.Number}: {(int)answer.StatusCode} {body}\n{from.Said}");
        return (string)JsonNode.Parse(body)!["access_token"]!;
    }

    /// <summary>What asks a token endpoint for a token.</summary>
    public HttpRequestMessage TokenRequest()
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/oauth/token");
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{Client}:{_secret}")));
        request.Content = new FormUrlEncodedContent([KeyValuePair.Create("grant_type", "client_credentials")]);
        return request;
    }

    /// <summary>The kids that one replica publishes.</summary>
    public static async Task<IReadOnlyList<string>> PublishedBy(Replica replica)
    {
        var set = JsonNode.Parse(await replica.Client.GetStringAsync("/.well-known/jwks.json"))!;
        return [.. set["keys"]!.AsArray().Select(key => (string)key!["kid"]!)];
    }

    /// <summary>What the header of a token says.</summary>
    public static JsonNode HeaderOf(string token) => JsonNode.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(token.AsSpan(0, token.IndexOf('.', StringComparison.Ordinal))))!;

    public static string KidOf(string token) => (string)HeaderOf(token)["kid"]!;

    public ValueTask DisposeAsync() => Gateways.DisposeAsync();

    private static void Edit(JsonObject json, string hash, Action<JsonObject>? edit)
    {
        var sallyport = json["Sallyport"]!;
        var issuer = new JsonObject
        {
            ["Issuer"] = Issuer,
            ["Keys"] = new JsonObject { ["Store"] = "Redis", ["KeyEncryptionKey"] = new JsonObject { ["Environment"] = "FLEET_KEK" } },
            ["Clients"] = new JsonObject
            {
                [Client] = new JsonObject { ["SecretHash"] = hash, ["Audiences"] = new JsonArray(Audience), ["RequestsPerMinute"] = 100_000 },
            },
        };
        edit?.Invoke(issuer);
        sallyport[nameof(Issuer)] = issuer;
        sallyport["TrustedIssuers"]!["own"] = new JsonObject
        {
            ["Issuer"] = Issuer,
            ["Audiences"] = new JsonArray(Audience),
            ["Algorithms"] = new JsonArray("ES256", "RS256", "EdDSA"),
            ["Keys"] = new JsonObject { ["Own"] = true },
        };
        sallyport["Policies"]!["own"] = new JsonObject { ["Issuers"] = new JsonArray("own") };
        json["ReverseProxy"]!["Routes"]!["own"] = JsonNode.Parse("""{ "ClusterId": "upstream", "AuthorizationPolicy": "own", "Match": { "Path": "/own/{**rest}" } }""");
    }
}
