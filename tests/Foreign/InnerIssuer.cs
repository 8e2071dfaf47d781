using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Sallyport.Gateway.Issuing;
using Sallyport.Gateway.Keys;
using Sallyport.Gateway.Tokens;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Foreign;

/// <summary>A gateway that others find by its address: its tokens, got as a client gets them, and its keys, rotated as an operator does.</summary>
internal sealed class InnerIssuer : IAsyncDisposable
{
    public const string Audience = "orders";

    /// <summary>The only client, and so the subject of every access token.</summary>
    public const string Client = "billing";

    private readonly House _house;
    private readonly string _secret;

    private InnerIssuer(House house, string secret) => (_house, _secret) = (house, secret);

    /// <summary>The <c>iss</c> of its tokens, where it also answers.</summary>
    public string Issuer => _house.Gateway.Url;

    public HttpClient Http => _house.Client;

    private ActiveKey Active => Keys.Current!.Active!;

    private OwnKeys Keys => _house.Gateway.Services.GetRequiredService<OwnKeys>();

    public static async Task<InnerIssuer> StartAsync(string algorithm)
    {
        var secret = RandomNumberGenerator.GetHexString(32);
        var hash = ClientSecretHash.Of(Encoding.ASCII.GetBytes(secret), iterations: 10_000).Write();
        var url = $"http://127.0.0.1:{FreePort.Next()}";
        var house = await House.OpenAsync(json =>
        {
            json["Urls"] = url;
            json["Sallyport"]![nameof(Issuer)] = JsonNode.Parse($$"""
                {
                  "Issuer": "{{url}}", "Algorithm": "{{algorithm}}", "RsaBits": 2048,
                  "Keys": { "Store": "Memory", "Poll": "00:00:00.2" },
                  "Clients": { "{{Client}}": { "SecretHash": "{{hash}}", "Audiences": ["{{Audience}}", "stock"], "Scopes": ["orders:read"] } }
                }
                """);
            json["ReverseProxy"]!["Clusters"]!["upstream"]!["Metadata"] = new JsonObject { ["Sallyport:Audience"] = Audience };
        });
        return new InnerIssuer(house, secret);
    }

    /// <summary>Where discovery says that the JWK Set is.</summary>
    public async Task<string> JwksUri() =>
        (string)JsonNode.Parse(await Http.GetStringAsync("/.well-known/openid-configuration"))!["jwks_uri"]!;

    /// <summary>A key of the JWK Set, as its readers get it.</summary>
    public async Task<JsonObject> PublishedKey(string? keyId) =>
        JsonNode.Parse(await Http.GetStringAsync(await JwksUri()))!["keys"]!.AsArray().Select(key => (JsonObject)key!).Single(key => (string?)key["kid"] == keyId);

    /// <summary>A fresh access token of the token endpoint.</summary>
    public async Task<string> Token(string audience = Audience)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth/token")
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["grant_type"] = "client_credentials", ["audience"] = audience }),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{Client}:{_secret}")));
        using var answer = await Http.SendAsync(request);
        var body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, body);
        return (string)JsonNode.Parse(body)!["access_token"]!;
    }

    /// <summary>What a service gets with the request of a user of another issuer.</summary>
    public async Task<string> Assertion()
    {
        using var answer = await _house.Get("/any", _house.Token());
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return _house.Upstream.Requests[^1].Header("X-Auth-Assertion")!;
    }

    /// <summary>The same token as it would be had it been issued two hours ago, for one: the signature is true.</summary>
    public string Expired(string token)
    {
        var claims = Tampering.Claims(token);
        foreach (var time in new[] { "iat", "exp" })
            claims[time] = (long)claims[time]! - 7200;
        var input = token.Split('.')[0] + "." + TokenForge.Encode(claims.ToJsonString());
        Assert.Equal(Active.Key.KeyId, Tampering.Header(token, "kid"));
        return input + "." + System.Buffers.Text.Base64Url.EncodeToString(((SigningKey)Active.Key).Sign(Encoding.ASCII.GetBytes(input)));
    }

    /// <summary>A new key of this algorithm signs from now on; its predecessor retires, or is revoked.</summary>
    public async Task Rotate(string algorithm, string? revoked = null)
    {
        var next = "";
        var keeper = _house.Gateway.Services.GetRequiredService<RingKeeper>();
        // The gateway's own timer may be at the ring just now.
        await Poll.Until(async () => (await keeper.ChangeAsync(known: null, actor: "operator", Change, CancellationToken.None)).Kind == RingOutcomeKind.Written);
        await Poll.Until(() => Active.Key.KeyId == next);

        async ValueTask<string?> Change(RingDraft draft)
        {
            next = await draft.PrepareAsync(Algorithm.Find(algorithm)!, draft.Now, isByOperator: true, default);
            draft.Activate(next, isEmergency: true);
            if (revoked is not null) draft.Revoke(revoked, "test");
            return null;
        }
    }

    public ValueTask DisposeAsync() => _house.DisposeAsync();
}
