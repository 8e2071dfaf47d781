using System.Net;
using Sallyport.Gateway.Trust;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Trust;

[Trait("Acceptance", "D15")]
public sealed class KeyDownloadTests
{
    [Theory]
    [InlineData(1, true)]
    [InlineData(3, true)]
    [InlineData(4, false)]
    public async Task Redirects_to_the_same_origin_are_followed_three_at_most(int hops, bool isFollowed)
    {
        await using var issuer = await IssuerServer.StartAsync(KeyCache.Key("k1"));
        var done = 0;
        issuer.Jwks.Fault = (context, answer) => done++ < hops ? Faults.Redirect("/jwks?hop", 307)(context, answer) : answer();
        if (isFollowed)
            Assert.Single((await Fetch(issuer)).Keys.Keys);
        else
            Assert.Equal("redirect", await Outcome(issuer));
        Assert.Equal(isFollowed ? hops + 1 : 4, issuer.JwksHits);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_redirect_to_another_origin_is_not_followed(int status)
    {
        await using var issuer = await IssuerServer.StartAsync(KeyCache.Key("k1"));
        await using var other = await IssuerServer.StartAsync(KeyCache.Key("k1"));
        issuer.Jwks.Fault = Faults.Redirect(other.JwksUri, status);
        Assert.Equal("redirect", await Outcome(issuer));
        Assert.Equal(0, other.JwksHits);
        issuer.Jwks.Fault = null;
        Assert.Single((await Fetch(issuer)).Keys.Keys);
    }

    [Theory]
    [InlineData("http://localhost:{port}/jwks")]
    [InlineData("https://127.0.0.1:{port}/jwks")]
    [InlineData("//127.0.0.2:{port}/jwks")]
    [InlineData("file:///etc/hostname")]
    public async Task Another_host_name_or_scheme_is_another_origin(string location)
    {
        await using var issuer = await IssuerServer.StartAsync(KeyCache.Key("k1"));
        issuer.Jwks.Fault = Faults.Redirect(location.Replace("{port}", new Uri(issuer.Url).Port.ToString()));
        Assert.Equal("redirect", await Outcome(issuer));
        Assert.Equal(1, issuer.JwksHits);
    }

    [Fact]
    public async Task Http_is_refused_outside_development()
    {
        await using var issuer = await IssuerServer.StartAsync(KeyCache.Key("k1"));
        Assert.Equal("insecure", await Outcome(issuer, new KeyDownload(isInsecureAllowed: false)));
        Assert.Equal("insecure", await Outcome(issuer, new KeyDownload(isInsecureAllowed: false), KeySourceKind.Discovery));
        Assert.Equal((0, 0), (issuer.JwksHits, issuer.DiscoveryHits));
        Assert.Single((await Fetch(issuer)).Keys.Keys);
    }

    [Theory]
    [InlineData("Production", false)]
    [InlineData("Development", true)]
    public async Task A_gateway_outside_development_does_not_start_with_an_http_address_of_keys(string environment, bool isStarted)
    {
        await using var issuer = await IssuerServer.StartAsync(KeyCache.Key("k1"));
        await using var upstream = await RecordingUpstream.StartAsync();
        var failure = await Record.ExceptionAsync(async () =>
        {
            await using var gateway = await TestGateway.StartAsync(House.Configuration(issuer, upstream), environment: environment);
        });
        if (isStarted)
            Assert.Null(failure);
        else
            Assert.Contains("$.Sallyport.TrustedIssuers.corp.Keys.JwksUri is fetched over http", failure?.Message);
    }

    [Theory]
    [InlineData("http://169.254.169.254/jwks")]
    [InlineData("http://0xa9fea9fe/jwks")]
    [InlineData("http://2852039166/jwks")]
    [InlineData("http://0251.0376.0251.0376/jwks")]
    [InlineData("http://[fe80::1]/jwks")]
    [InlineData("http://[::ffff:169.254.169.254]/jwks")]
    [InlineData("http://[::ffff:a9fe:a9fe]/jwks")]
    [InlineData("http://[64:ff9b::a9fe:a9fe]/jwks")]
    [InlineData("http://[fd00:ec2::254]/jwks")]
    [InlineData("https://169.254.169.254/jwks")]
    public async Task A_link_local_address_is_never_connected_to(string address)
    {
        await using var issuer = await IssuerServer.StartAsync(KeyCache.Key("k1"));
        Assert.Equal("insecure", await Outcome(issuer, uri: address));

        // Nor when a trusted discovery document sends there.
        issuer.EditMetadata = document => document["jwks_uri"] = address;
        Assert.Equal("insecure", await Outcome(issuer, kind: KeySourceKind.Discovery));
        issuer.EditMetadata = null;
        Assert.Single((await Fetch(issuer, kind: KeySourceKind.Discovery)).Keys.Keys);
    }

    [Theory]
    [InlineData("169.254.169.254")]
    [InlineData("fe80::1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("64:ff9b::169.254.169.254")]
    public async Task A_name_that_leads_to_a_link_local_address_leads_nowhere(string forbidden)
    {
        await using var issuer = await IssuerServer.StartAsync(KeyCache.Key("k1"));
        var uri = $"http://keys.example:{new Uri(issuer.Url).Port}/jwks";
        Assert.Equal("insecure", await Outcome(issuer, Resolving(forbidden), uri: uri));
        Assert.Equal(0, issuer.JwksHits);
        // Of several addresses only the others are tried.
        Assert.Single((await Fetch(issuer, Resolving(forbidden, "127.0.0.1"), uri: uri)).Keys.Keys);
    }

    [Fact]
    public async Task Failures_say_what_happened()
    {
        await using var issuer = await IssuerServer.StartAsync(KeyCache.Key("k1"));
        issuer.Jwks.Fault = Faults.Body("{\"keys\":[]}");
        Assert.Equal("no_keys", await Outcome(issuer));
        issuer.Jwks.Fault = Faults.Body("<html>");
        Assert.Equal("malformed", await Outcome(issuer));
        issuer.Jwks.Fault = Faults.Endless();
        Assert.Equal("too_large", await Outcome(issuer));
        issuer.Jwks.Fault = Faults.Status(403);
        Assert.Equal("status", await Outcome(issuer));
        issuer.Jwks.Fault = Faults.ResetHalfway("{");
        Assert.Equal("unreachable", await Outcome(issuer));
        issuer.Jwks.Fault = Faults.Held(new Latch());
        Assert.Equal("timeout", await Outcome(issuer));
        await issuer.Stop();
        Assert.Equal("unreachable", await Outcome(issuer));
    }

    private static KeyDownload Resolving(params string[] addresses) =>
        new(isInsecureAllowed: true, (_, _) => Task.FromResult(addresses.Select(IPAddress.Parse).ToArray()));

    private static async Task<FetchedKeys> Fetch(IssuerServer issuer, KeyDownload? download = null, KeySourceKind kind = KeySourceKind.JwksUri, string? uri = null)
    {
        using var used = download ?? new KeyDownload(isInsecureAllowed: true);
        var keys = new KeySourceOptions { Kind = kind, JwksUri = new Uri(uri ?? issuer.JwksUri), Timeout = TimeSpan.FromSeconds(30) };
        return await used.FetchAsync(KeyCache.OptionsOf(issuer, keys), CancellationToken.None);
    }

    private static async Task<string> Outcome(IssuerServer issuer, KeyDownload? download = null, KeySourceKind kind = KeySourceKind.JwksUri, string? uri = null) =>
        (await Assert.ThrowsAsync<KeyFetchException>(() => Fetch(issuer, download, kind, uri))).Outcome;
}
