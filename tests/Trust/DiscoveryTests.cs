using Sallyport.Gateway.Trust;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Trust;

public sealed class DiscoveryTests
{
    [Theory]
    [InlineData("")]
    [InlineData("/realms/a")]
    public async Task The_document_of_openid_connect_leads_to_the_keys(string path)
    {
        await using var issuer = await IssuerServer.StartAsync(path, TimeProvider.System, KeyCache.Key("k1"));
        issuer.EditMetadata = document => document["jwks_uri"] = issuer.Url + "/jwks";
        var fetched = await Fetch(issuer, KeySourceKind.Discovery);
        Assert.Equal(issuer.Url + "/jwks", fetched.Address.AbsoluteUri);
        Assert.Equal((1, 0), (issuer.OpenIdConfiguration.Hits.Count, issuer.AuthorizationServer.Hits.Count));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/realms/a")]
    public async Task Without_one_the_document_of_rfc_8414_leads_there(string path)
    {
        await using var issuer = await IssuerServer.StartAsync(path, TimeProvider.System, KeyCache.Key("k1"));
        issuer.OpenIdConfiguration.Enabled = false;
        Assert.Equal(issuer.JwksUri, (await Fetch(issuer, KeySourceKind.Discovery)).Address.AbsoluteUri);
        Assert.Equal("/.well-known/oauth-authorization-server" + path, issuer.AuthorizationServer.Hits.Single().Path);
    }

    [Theory]
    [InlineData("https://other.example")]
    [InlineData("{issuer}/")]
    [InlineData(null)]
    public async Task A_document_that_speaks_for_another_issuer_is_refused(string? claimed)
    {
        await using var issuer = await IssuerServer.StartAsync(KeyCache.Key("k1"));
        issuer.EditMetadata = document => document["issuer"] = claimed?.Replace("{issuer}", issuer.Issuer);
        Assert.Equal("issuer_mismatch", await Outcome(issuer, KeySourceKind.Discovery));
        Assert.Equal("issuer_mismatch", await Outcome(issuer, KeySourceKind.Derived));
        Assert.Equal(0, issuer.JwksHits);
        issuer.EditMetadata = null;
        Assert.Single((await Fetch(issuer, KeySourceKind.Discovery)).Keys.Keys);
    }

    [Fact]
    public async Task A_document_without_an_address_of_keys_or_none_at_all_is_refused()
    {
        await using var issuer = await IssuerServer.StartAsync(KeyCache.Key("k1"));
        issuer.EditMetadata = document => document.Remove("jwks_uri");
        Assert.Equal("malformed", await Outcome(issuer, KeySourceKind.Discovery));
        issuer.EditMetadata = document => document["jwks_uri"] = "ftp://127.0.0.1/jwks";
        Assert.Equal("insecure", await Outcome(issuer, KeySourceKind.Discovery));
        issuer.OpenIdConfiguration.Fault = Faults.Body("<html>");
        Assert.Equal("malformed", await Outcome(issuer, KeySourceKind.Discovery));
        issuer.OpenIdConfiguration.Fault = Faults.Body("[]");
        Assert.Equal("malformed", await Outcome(issuer, KeySourceKind.Discovery));
        Assert.Equal(0, issuer.JwksHits);
    }

    // Whatever a document names, the fetch ends in an outcome: any other exception would be an error of ours in answers to clients.
    [Theory]
    [InlineData("https://")]
    [InlineData("/jwks")]
    [InlineData("file:///etc/passwd")]
    [InlineData("http://xn--\u00e9\u00e9.invalid/jwks")]
    [InlineData("http://xn--a-\u200d.invalid/")]
    [InlineData("http://\u00e9LABEL.invalid/jwks")]
    [InlineData("http://LABEL.invalid/jwks")]
    [InlineData("http://127.0.0.1:0/jwks")]
    [InlineData("http://127.0.0.1:65535/\u0000")]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    [InlineData("http://0xa9fea9fe/")]
    [InlineData("http://2852039166/")]
    [InlineData("http://[::ffff:169.254.169.254]/")]
    [InlineData("http://[fe80::1%25lo]/")]
    [InlineData("http://[::1%2525]:1/")]
    [InlineData("http://user:pass\u0001@169.254.169.254:80/")]
    public async Task An_address_of_keys_that_leads_nowhere_is_an_outcome(string address)
    {
        await using var issuer = await IssuerServer.StartAsync(KeyCache.Key("k1"));
        issuer.EditMetadata = document => document["jwks_uri"] = address.Replace("LABEL", new string('a', 300), StringComparison.Ordinal);
        Assert.Contains(await Outcome(issuer, KeySourceKind.Discovery), (string[])["malformed", "insecure", "unreachable"]);
        Assert.Equal(0, issuer.JwksHits);
        issuer.EditMetadata = null;
        issuer.Jwks.Fault = Faults.Redirect(address.Replace("LABEL", new string('a', 300), StringComparison.Ordinal).Replace("\0", "", StringComparison.Ordinal).Replace("\u0001", "", StringComparison.Ordinal));
        Assert.NotEqual("", await Outcome(issuer, KeySourceKind.Discovery));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/realms/a")]
    public async Task A_derived_source_falls_back_to_the_well_known_set_where_no_document_is(string path)
    {
        await using var issuer = await IssuerServer.StartAsync(path, TimeProvider.System, KeyCache.Key("k1"));
        issuer.OpenIdConfiguration.Enabled = issuer.AuthorizationServer.Enabled = false;
        Assert.Equal("status", await Outcome(issuer, KeySourceKind.Discovery));
        Assert.Equal(issuer.Issuer + "/.well-known/jwks.json", (await Fetch(issuer, KeySourceKind.Derived)).Address.AbsoluteUri);
    }

    [Theory]
    [InlineData("//127.0.0.1:1/realms/a")]
    [InlineData("//localhost")]
    public async Task A_path_that_begins_with_two_slashes_leads_to_no_other_host(string path)
    {
        await using var issuer = await IssuerServer.StartAsync(path, TimeProvider.System, KeyCache.Key("k1"));
        issuer.OpenIdConfiguration.Enabled = issuer.AuthorizationServer.Enabled = false;
        Assert.Equal(issuer.JwksUri, (await Fetch(issuer, KeySourceKind.Derived)).Address.AbsoluteUri);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(403)]
    public async Task A_derived_source_does_not_fall_back_on_any_other_failure(int status)
    {
        await using var issuer = await IssuerServer.StartAsync(KeyCache.Key("k1"));
        issuer.OpenIdConfiguration.Fault = Faults.Status(status);
        Assert.Equal("status", await Outcome(issuer, KeySourceKind.Derived));
        issuer.OpenIdConfiguration.Enabled = false;
        issuer.AuthorizationServer.Fault = Faults.Status(status);
        Assert.Equal("status", await Outcome(issuer, KeySourceKind.Derived));
        Assert.Equal(0, issuer.JwksHits);
    }

    [Theory]
    [InlineData("Discovery")]
    [InlineData("Derived")]
    public async Task Behind_the_front_door_the_issuer_alone_is_enough(string kind)
    {
        var key = TestKey.New("ES256");
        await using var issuer = await IssuerServer.StartAsync("/realms/a", TimeProvider.System, key.PublicJwk("k1"));
        await using var door = await Doorway.OpenAsync(issuer, corp =>
        {
            corp.Remove("Keys");
            if (kind == "Discovery") corp["Keys"] = new System.Text.Json.Nodes.JsonObject { ["Discovery"] = true };
        });
        await door.Accepts(door.Token(issuer, key, "k1"));
        await door.Refuses(door.Token(issuer, TestKey.New("ES256"), "k1"), "signature_invalid");
        Assert.True(issuer.DiscoveryHits > 0);
    }

    private static async Task<FetchedKeys> Fetch(IssuerServer issuer, KeySourceKind kind)
    {
        using var download = new KeyDownload(isInsecureAllowed: true);
        return await download.FetchAsync(KeyCache.OptionsOf(issuer, new KeySourceOptions { Kind = kind, Timeout = TimeSpan.FromSeconds(30) }), CancellationToken.None);
    }

    private static async Task<string> Outcome(IssuerServer issuer, KeySourceKind kind) =>
        (await Assert.ThrowsAsync<KeyFetchException>(() => Fetch(issuer, kind))).Outcome;
}
