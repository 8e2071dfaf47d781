using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using NBomber.Contracts;
using NBomber.CSharp;
using Sallyport.Gateway.Issuing;
using Sallyport.LoadTests.Scenarios;

namespace Sallyport.LoadTests.Soak;

/// <summary>A client that gets a token of one gateway's token endpoint, and comes with it to the next.</summary>
internal sealed class OwnTokens : IDisposable
{
    private const string Client = "billing";
    private const string Path = "/own/17";
    private const int Iterations = 10_000; // The fewest: the hash is not what is tried here.

    private static readonly string Secret = Guid.NewGuid().ToString("N");

    private readonly IReadOnlyList<GatewayProcess> _gateways;
    private readonly Fleet _fleet;
    private readonly HttpClient _http = new();
    private int _next;

    public OwnTokens(IReadOnlyList<GatewayProcess> gateways, Fleet fleet)
    {
        (_gateways, _fleet) = (gateways, fleet);
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{Client}:{Secret}")));
    }

    /// <summary>Makes the gateway an issuer with a ring of its own in Redis, that trusts itself on a route.</summary>
    /// <param name="configuration">Changed.</param>
    /// <param name="keyEncryptionKey">File with the key that seals the ring.</param>
    /// <param name="life">Of a key of the ring.</param>
    /// <param name="service">Where the route goes.</param>
    public static void Configure(JsonObject configuration, string keyEncryptionKey, TimeSpan life, string service)
    {
        var house = configuration["Sallyport"]!;
        house["Issuer"] = new JsonObject
        {
            ["Issuer"] = AssertingUpstream.Issuer,
            ["Lifetime"] = "00:00:10",
            ["JwksMaxAge"] = "00:00:02",
            ["Keys"] = new JsonObject
            {
                ["Store"] = "Redis",
                ["KeyEncryptionKey"] = new JsonObject { ["File"] = keyEncryptionKey },
                ["Life"] = life.ToString(),
                ["Poll"] = "00:00:01",
            },
            ["Clients"] = new JsonObject
            {
                [Client] = new JsonObject
                {
                    ["SecretHash"] = ClientSecretHash.Of(Encoding.ASCII.GetBytes(Secret), Iterations).Write(),
                    ["Audiences"] = new JsonArray(AssertingUpstream.Audience),
                    ["Scopes"] = new JsonArray("orders:read"),
                    ["RequestsPerMinute"] = 1_000_000,
                },
            },
        };
        house["TrustedIssuers"]!["own"] = new JsonObject
        {
            ["Audiences"] = new JsonArray(AssertingUpstream.Audience), ["Keys"] = new JsonObject { ["Own"] = true },
        };
        house["Policies"]!["own-read"] = new JsonObject { ["Issuers"] = new JsonArray("own"), ["Scopes"] = new JsonObject { ["All"] = new JsonArray("orders:read") } };
        GatewayConfiguration.AddRoute(configuration, "own", "own-read", "/own/{**rest}", service);
    }

    public async Task<IResponse> RunAsync(IScenarioContext context)
    {
        var token = "";
        var minted = await Step.Run("token endpoint", context, async () =>
        {
            var gateway = _gateways[(int)((uint)Interlocked.Increment(ref _next) % (uint)_gateways.Count)];
            using var form = new FormUrlEncodedContent([new("grant_type", "client_credentials")]);
            using var answer = await _http.PostAsync($"{gateway.Process.Url}/oauth/token", form, context.ScenarioCancellationToken);
            var said = await answer.Content.ReadAsStringAsync(context.ScenarioCancellationToken);
            if (!answer.IsSuccessStatusCode) return Response.Fail(statusCode: $"{(int)answer.StatusCode}", message: said);
            token = (string)JsonNode.Parse(said)!["access_token"]!;
            return Response.Ok(statusCode: "200");
        });
        return minted.IsError ? minted : await Step.Run("its token", context, () => _fleet.SendAsync(Traffic.Get(Path, token), context.ScenarioCancellationToken, 200));
    }

    public void Dispose() => _http.Dispose();
}
