using System.Net;
using System.Text.Json.Nodes;

namespace Sallyport.Tests.Support;

public sealed class IssuerServerTests
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    [Fact]
    public async Task Documents_are_served_where_the_specifications_put_them_and_counted()
    {
        await using var issuer = await IssuerServer.StartAsync("/realms/a", TimeProvider.System, Key("one"));
        var openId = await Document(issuer.Issuer + "/.well-known/openid-configuration");
        Assert.Equal(issuer.Url + "/realms/a", (string?)openId["issuer"]);
        var oauth = await Document(issuer.Url + "/.well-known/oauth-authorization-server/realms/a");
        Assert.Equal(issuer.JwksUri, (string?)oauth["jwks_uri"]);
        Assert.Equal(HttpStatusCode.NotFound, (await Http.GetAsync(issuer.Url + "/.well-known/openid-configuration")).StatusCode);
        Assert.Equal(2, issuer.DiscoveryHits);

        issuer.Jwks.CacheControl = "max-age=120";
        using var answer = await Http.GetAsync(issuer.JwksUri);
        Assert.Equal(TimeSpan.FromSeconds(120), answer.Headers.CacheControl?.MaxAge);
        issuer.Publish(Key("two"), Key("three"));
        var rotated = await Document(issuer.Url + "/jwks");
        Assert.Equal(["two", "three"], rotated["keys"]!.AsArray().Select(key => (string?)key!["kid"]));
        Assert.Equal(2, issuer.JwksHits);
    }

    [Fact]
    public async Task Faults_come_and_go()
    {
        await using var issuer = await IssuerServer.StartAsync(Key("one"));
        issuer.Jwks.Enabled = false;
        Assert.Equal(HttpStatusCode.NotFound, (await Http.GetAsync(issuer.JwksUri)).StatusCode);
        issuer.Jwks.Enabled = true;
        issuer.Jwks.Fault = Faults.Status(503);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await Http.GetAsync(issuer.JwksUri)).StatusCode);
        issuer.Jwks.Fault = Faults.Redirect("http://127.0.0.1:9/jwks");
        Assert.Equal(HttpStatusCode.Redirect, (await Http.GetAsync(issuer.JwksUri)).StatusCode);
        issuer.Jwks.Fault = Faults.Reset();
        await Assert.ThrowsAsync<HttpRequestException>(() => Http.GetAsync(issuer.JwksUri));
        issuer.Jwks.Fault = Faults.ResetHalfway("{\"keys\":");
        await Assert.ThrowsAsync<HttpRequestException>(() => Http.GetAsync(issuer.JwksUri));
        issuer.Jwks.Fault = Faults.Drip("<html>", TimeSpan.FromMilliseconds(1));
        Assert.Equal("<html>", await Http.GetStringAsync(issuer.JwksUri));

        issuer.Jwks.Fault = Faults.Endless();
        using (var endless = await Http.GetAsync(issuer.JwksUri, HttpCompletionOption.ResponseHeadersRead))
        {
            var body = await endless.Content.ReadAsStreamAsync();
            await body.ReadExactlyAsync(new byte[1_000_000]);
        }

        var latch = new Latch();
        issuer.Jwks.Fault = Faults.Held(latch);
        var held = Http.GetStringAsync(issuer.JwksUri);
        await Poll.Until(() => latch.Arrived == 1);
        Assert.False(held.IsCompleted);
        latch.Open();
        Assert.Equal(issuer.JwksDocument(), await held);
        issuer.Jwks.Fault = null;
        Assert.Equal(issuer.JwksDocument(), await Http.GetStringAsync(issuer.JwksUri));
    }

    [Fact]
    public async Task An_outage_refuses_connections_and_ends_on_the_same_port()
    {
        await using var issuer = await IssuerServer.StartAsync(Key("one"));
        var uri = issuer.JwksUri;
        await Http.GetStringAsync(uri);
        await issuer.Stop();
        await Assert.ThrowsAsync<HttpRequestException>(() => Http.GetAsync(uri));
        await issuer.StartAgain();
        Assert.Equal(uri, issuer.JwksUri);
        await Http.GetStringAsync(uri);
        Assert.Equal(2, issuer.JwksHits);
    }

    private static JsonObject Key(string kid) => new() { ["kty"] = "OKP", ["kid"] = kid };

    private static async Task<JsonNode> Document(string url) => JsonNode.Parse(await Http.GetStringAsync(url))!;
}
