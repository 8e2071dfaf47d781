using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Sallyport.Gateway.Revocation;
using Sallyport.Gateway.Tokens;
using Sallyport.Gateway.Verification;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Revocation;

/// <summary>A running gateway on a real Redis: what is revoked is refused, seen before or not, and nothing else is.</summary>
public sealed class RevokedTokenTests : IAsyncLifetime
{
    private readonly TestKey _second = TestKey.New("ES256");
    private RedisServer _redis = null!;
    private IssuerServer _partner = null!;
    private House _house = null!;
    private Revoker _revoker = null!;

    public async Task InitializeAsync()
    {
        _redis = await RedisServer.StartAsync();
        _partner = await IssuerServer.StartAsync(_second.PublicJwk("k1", "ES256", "sig"));
        _house = await House.OpenAsync(json =>
        {
            Revoker.Share(json, _redis);
            json["Sallyport"]!["TrustedIssuers"]!["partner"] = JsonNode.Parse(
                $$"""{ "Issuer": "{{_partner.Issuer}}", "Audiences": ["api"], "Algorithms": ["ES256"], "Keys": { "JwksUri": "{{_partner.JwksUri}}" } }""");
            json["Sallyport"]!["Policies"]!["any"] = new JsonObject();
            json["ReverseProxy"]!["Routes"]!["ws"] = JsonNode.Parse("""{ "ClusterId": "upstream", "AuthorizationPolicy": "any", "Match": { "Path": "/ws" } }""");
        });
        _house.Issuer.Publish(_house.Key.PublicJwk("k1", "ES256", "sig"), _second.PublicJwk("k2", "ES256", "sig"));
        _revoker = await Revoker.StartAsync(_redis);
    }

    public async Task DisposeAsync()
    {
        await _revoker.DisposeAsync();
        await _house.DisposeAsync();
        await _partner.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task By_jti_the_one_token_of_the_one_issuer_is_refused()
    {
        var (revoked, other, none) = (_house.Token(c => c["jti"] = "j1"), _house.Token(c => c["jti"] = "J1"), _house.Token());
        var namesake = Partner(c => c["jti"] = "j1");
        await AllPass(revoked, other, none, namesake);
        await Revoke("j1", RevocationKind.TokenId);
        await Refused(revoked);
        await AllPass(other, none, namesake);
        Assert.Equal(401, await Status(_house.Token(c => (c["jti"], c["sub"]) = ("j1", "bob"))));
    }

    [Fact]
    public async Task By_subject_what_was_issued_before_is_refused_and_a_token_without_iat_counts_as_such()
    {
        var cutoff = Revoker.Now - 10;
        var (before, at, after) = (Issued("alice", cutoff - 1), Issued("alice", cutoff), Issued("alice", cutoff + 5));
        var undated = _house.Token(c => c.Remove("iat"));
        var (other, elsewhere) = (Issued("bob", cutoff - 1), Partner(c => c["iat"] = cutoff - 1));
        await AllPass(before, at, after, undated, other, elsewhere);
        await Revoke("alice", RevocationKind.Subject, cutoff);
        await Refused(before);
        await Refused(undated);
        await AllPass(at, after, other, elsewhere);
    }

    [Fact]
    public async Task By_issuer_all_that_it_issued_before_is_refused()
    {
        var cutoff = Revoker.Now - 10;
        var (one, other, after) = (Issued("alice", cutoff - 1), Issued("bob", cutoff - 100), Issued("alice", cutoff));
        var elsewhere = Partner(c => c["iat"] = cutoff - 1);
        await AllPass(one, other, after, elsewhere);
        await Revoke("", RevocationKind.Issuer, cutoff);
        await Refused(one);
        await Refused(other);
        await AllPass(after, elsewhere);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task By_key_all_that_it_verifies_is_refused_whatever_its_iat(bool byThumbprint)
    {
        var (stolen, dated) = (_house.Token(), _house.Token(c => c["iat"] = Revoker.Now + 20));
        var (rotated, elsewhere) = (_house.Token(key: _second, kid: "k2"), Partner());
        await AllPass(stolen, dated, rotated, elsewhere);
        Assert.True(JwkSet.TryParse(System.Text.Encoding.UTF8.GetBytes(TokenForge.Set(_house.Key.PublicJwk("k1", "ES256")).ToJsonString()), 10, out var set, out _));
        await Revoke(byThumbprint ? set.Keys[0].Thumbprint : "k1", RevocationKind.Key);
        await Refused(stolen);
        await Refused(dated);
        await Refused(_house.Token(c => c["iat"] = Revoker.Now + 25));
        await AllPass(rotated, elsewhere);
    }

    [Fact]
    public async Task A_verdict_in_the_cache_does_not_outlive_the_revocation_and_leaves_the_cache()
    {
        var token = _house.Token(c => c["jti"] = "cached");
        await AllPass(token, token, token);
        var cache = _house.Gateway.Services.GetRequiredService<VerifiedTokens>();
        Assert.Equal(1, cache.Count);
        await Revoke("cached", RevocationKind.TokenId);
        await Poll.UntilAnswered(async () => await Status(token) == 401);
        Assert.Equal(0, cache.Count);
        // Under a path of their own: one that was cut off before may or may not have reached the upstream.
        for (var i = 0; i < 5; i++) Assert.Equal((401, "token_revoked"), await Answer(token, "/any/after"));
        Assert.DoesNotContain(_house.Upstream.Requests, request => request.Target == "/any/after");

        using var refused = await _house.Get("/any/1", token);
        Assert.Contains("error=\"invalid_token\"", refused.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("cached", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_authentication_scheme_refuses_it_too()
    {
        var (token, other) = (_house.Token(c => c["jti"] = "s1"), _house.Token(c => c["jti"] = "s2"));
        Assert.True((await Request(token).AuthenticateAsync()).Succeeded);
        await Revoke("s1", RevocationKind.TokenId);
        await Refused(token);
        Assert.False((await Request(token).AuthenticateAsync()).Succeeded);
        Assert.True((await Request(other).AuthenticateAsync()).Succeeded);

        DefaultHttpContext Request(string bearer)
        {
            var context = new DefaultHttpContext { RequestServices = _house.Gateway.Services.CreateScope().ServiceProvider };
            context.Request.Headers.Authorization = $"Bearer {bearer}";
            return context;
        }
    }

    [Fact]
    public async Task A_websocket_ends_when_its_token_is_revoked_and_another_goes_on()
    {
        using var revoked = await Connect(_house.Token(c => c["jti"] = "w1"));
        using var other = await Connect(_house.Token(c => c["jti"] = "w2"));
        await Revoke("w1", RevocationKind.TokenId);

        var buffer = new byte[64];
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await Assert.ThrowsAnyAsync<WebSocketException>(async () => await revoked.ReceiveAsync(buffer, deadline.Token));
        await other.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, deadline.Token);
        Assert.Equal(5, (await other.ReceiveAsync(buffer, deadline.Token)).Count);

        async Task<ClientWebSocket> Connect(string token)
        {
            var socket = new ClientWebSocket();
            socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
            await socket.ConnectAsync(new Uri(_house.Gateway.Url.Replace("http:", "ws:", StringComparison.Ordinal) + "/ws"), CancellationToken.None);
            return socket;
        }
    }

    [Fact]
    public async Task A_gateway_that_starts_knows_what_was_revoked_before_it_serves()
    {
        await Revoke("before", RevocationKind.TokenId);
        var json = House.Configuration(_house.Issuer, _house.Upstream);
        Revoker.Share(json, _redis);
        await using var restarted = await TestGateway.StartAsync(json);
        using var client = FrontDoors.Client(restarted);
        Assert.Equal(401, await Ask("before"));
        Assert.Equal(200, await Ask("other"));

        async Task<int> Ask(string jti)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/any/1");
            request.Headers.Authorization = new("Bearer", _house.Token(c => c["jti"] = jti));
            using var response = await client.SendAsync(request);
            return (int)response.StatusCode;
        }
    }

    private string Partner(Action<JsonObject>? edit = null) => _house.Token(
        claims =>
        {
            claims["iss"] = _partner.Issuer;
            edit?.Invoke(claims);
        },
        _second);

    private string Issued(string subject, uint at) => _house.Token(c => (c["sub"], c["iat"]) = (subject, at));

    private Task Revoke(string value, RevocationKind kind, uint? issuedBefore = null) =>
        _revoker.Revoke(Revoker.Record(value, kind, _house.Issuer.Issuer, issuedBefore));

    private async Task Refused(string token)
    {
        await Poll.UntilAnswered(async () => await Status(token) == 401);
        Assert.Equal((401, "token_revoked"), await Answer(token));
    }

    private async Task AllPass(params string[] tokens)
    {
        foreach (var token in tokens) Assert.Equal(200, await Status(token));
    }

    private async Task<int> Status(string token)
    {
        using var response = await _house.Get("/any/1", token);
        return (int)response.StatusCode;
    }

    private async Task<(int Status, string Reason)> Answer(string token, string path = "/any/1")
    {
        using var response = await _house.Get(path, token);
        return await House.Problem(response);
    }
}
