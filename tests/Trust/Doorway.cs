using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Sallyport.Gateway.Trust;
using Sallyport.Gateway.Verification;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Trust;

/// <summary>A gateway and an upstream before issuers that the test started itself, so that they can misbehave from the first fetch on.</summary>
internal sealed class Doorway : IAsyncDisposable
{
    private Doorway(RecordingUpstream upstream, TestGateway gateway, TimeProvider clock) =>
        (Upstream, Gateway, Clock, Client) = (upstream, gateway, clock, FrontDoors.Client(gateway));

    public RecordingUpstream Upstream { get; }

    public TestGateway Gateway { get; }

    public TimeProvider Clock { get; }

    public HttpClient Client { get; }

    /// <param name="issuer">The trusted issuer <c>corp</c>, by its JWKS address unless edited.</param>
    /// <param name="edit">Changes the entry <c>corp</c> and, by way of it, its neighbours.</param>
    /// <param name="clock">The gateway's clock.</param>
    public static async Task<Doorway> OpenAsync(IssuerServer issuer, Action<JsonObject>? edit = null, TimeProvider? clock = null)
    {
        var upstream = await RecordingUpstream.StartAsync();
        var json = House.Configuration(issuer, upstream);
        var corp = (JsonObject)json["Sallyport"]!["TrustedIssuers"]!["corp"]!;
        edit?.Invoke(corp);
        // Any trusted issuer will do.
        json["Sallyport"]!["Policies"]!["any"] = new JsonObject { ["Required"] = true };
        return new Doorway(upstream, await TestGateway.StartAsync(json, clock), clock ?? TimeProvider.System);
    }

    /// <summary>The keys of the issuer, as the gateway has them now.</summary>
    public IIssuerKeys KeysOf(IssuerServer issuer) => Gateway.Services.GetRequiredService<TrustedIssuers>().Current!.Find(issuer.Issuer)!.Keys;

    /// <summary>Waits for the fetch that every gateway begins with.</summary>
    public Task Warm(IssuerServer issuer) => Poll.Until(() => KeysOf(issuer).Current is not null);

    /// <summary>Whether a verdict on the token is in the cache and stands.</summary>
    public bool Recalls(string token) => Gateway.Services.GetRequiredService<TokenVerifier>().TryRecall(TokenDigest.Of(token), Gateway.Services.GetRequiredService<TrustedIssuers>().Current, out _);

    public string Token(IssuerServer issuer, TestKey key, string? kid, Action<JsonObject>? edit = null)
    {
        var claims = Claims(issuer.Issuer);
        edit?.Invoke(claims);
        return TokenForge.Token(key, claims, kid);
    }

    public JsonObject Claims(string issuer)
    {
        var now = Clock.GetUtcNow().ToUnixTimeSeconds();
        return new() { ["iss"] = issuer, ["sub"] = "alice", ["aud"] = House.Audience, ["iat"] = now, ["exp"] = now + 7200, ["jti"] = Guid.NewGuid().ToString() };
    }

    public async Task<HttpResponseMessage> Get(string token, HttpClient? client = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/any");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await (client ?? Client).SendAsync(request);
    }

    public async Task Accepts(string token, HttpClient? client = null)
    {
        using var answer = await Get(token, client);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
    }

    public async Task Refuses(string token, string reason)
    {
        using var answer = await Get(token);
        Assert.Equal((401, reason), await House.Problem(answer));
    }

    /// <summary>The answer to an outage: 503, and when to come again.</summary>
    public async Task<TimeSpan> IsUnavailable(string token)
    {
        using var answer = await Get(token);
        Assert.Equal((503, "keys_unavailable"), await House.Problem(answer));
        Assert.NotNull(answer.Headers.RetryAfter?.Delta);
        return answer.Headers.RetryAfter.Delta.Value;
    }

    /// <summary>A client at another address of the loopback network.</summary>
    public HttpClient ClientAt(string address) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        ConnectCallback = async (context, cancellation) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
            await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        BaseAddress = new Uri(Gateway.Url),
    };

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Gateway.DisposeAsync();
        await Upstream.DisposeAsync();
    }
}
