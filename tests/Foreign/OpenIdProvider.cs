using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Sallyport.Tests.Foreign;

/// <summary>npm's oidc-provider on loopback, with a client for each algorithm and a key set that a test replaces.</summary>
internal sealed class OpenIdProvider : IAsyncDisposable
{
    private const string Resource = "https://api.example.com";

    private readonly ForeignProgram _program = ForeignProgram.Node("issuer.mjs");
    private readonly string _secret = RandomNumberGenerator.GetHexString(32, lowercase: true);
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false });

    private OpenIdProvider()
    {
    }

    /// <summary>Scheme, host and port: the <c>iss</c> of its tokens.</summary>
    public string Issuer { get; private set; } = "";

    /// <param name="keys">As of <see cref="Publish"/>.</param>
    public static async Task<OpenIdProvider> StartAsync(params (string KeyId, string Algorithm)[] keys)
    {
        var provider = new OpenIdProvider();
        try
        {
            await provider.Publish(keys);
        }
        catch
        {
            await provider.DisposeAsync();
            throw;
        }

        return provider;
    }

    /// <summary>Replaces the key set. The first key of an algorithm signs; a kid that was there before keeps its key.</summary>
    public async Task Publish(params (string KeyId, string Algorithm)[] keys)
    {
        var set = keys.Select(key => (JsonNode)new JsonObject { ["kid"] = key.KeyId, ["alg"] = key.Algorithm }).ToArray();
        var answer = await _program.Ask(new JsonObject { ["keys"] = new JsonArray(set), ["secret"] = _secret });
        Issuer = (string?)answer["issuer"] ?? throw new InvalidOperationException(answer.ToJsonString());
    }

    /// <summary>An access token (RFC 9068) for the audience <c>api</c>, got at the token endpoint by the client named for the algorithm.</summary>
    public async Task<string> Token(string algorithm)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Issuer + "/token")
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["grant_type"] = "client_credentials",
                ["resource"] = Resource,
                ["scope"] = "orders:read",
            }),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{algorithm}:{_secret}")));
        using var answer = await _client.SendAsync(request);
        var body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, body);
        return (string)JsonNode.Parse(body)!["access_token"]!;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _program.DisposeAsync();
    }
}
