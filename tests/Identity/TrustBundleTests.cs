using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Sallyport.Gateway.Identity;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Identity;

/// <summary>Bundles as files and as the Workload API gives them.</summary>
public sealed class TrustBundleTests
{
    private readonly SpiffeCa _ca = new();
    private readonly SpiffeCa _next = new();

    [Fact]
    public void Pem_and_the_bundle_of_SPIFFE_say_the_same()
    {
        var pem = Read(_ca.Pem + _next.Pem);
        var json = Read(Document(Key(_ca), Key(_next)));
        Assert.Equal(pem!.Certificates, json!.Certificates);
        Assert.True(new TrustBundles(pem).IsSameAs(new TrustBundles(json)));
        Assert.False(new TrustBundles(pem).IsSameAs(_ca.Bundles));
        Assert.Null(SvidCheck.Check(_next.Issue().Chain, new TrustBundles(json), DateTimeOffset.UtcNow, out _));
    }

    [Fact]
    public void What_is_not_for_x509_is_passed_over()
    {
        var jwt = new JsonObject { ["kty"] = "EC", ["use"] = "jwt-svid", ["kid"] = "a" };
        var bare = new JsonObject { ["kty"] = "EC", ["use"] = "x509-svid" };
        var empty = new JsonObject { ["kty"] = "EC", ["use"] = "x509-svid", ["x5c"] = new JsonArray() };
        var chained = Key(_ca);
        chained["x5c"]!.AsArray().Add("not even base64");
        Assert.Equal([_ca.Certificate], Read(Document(jwt, bare, empty, chained))!.Certificates);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"keys":{}}""")]
    [InlineData("""{"keys":[]}""")]
    [InlineData("""{"keys":[],"keys":[]}""")]
    [InlineData("""{"keys":[1,null,[]]}""")]
    [InlineData("""{"keys":[{"use":"x509-svid","x5c":["?"]}]}""")]
    [InlineData("""{"keys":[{"use":"x509-svid","x5c":["AAAA"]}]}""")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----")]
    [InlineData("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----")]
    public void Anything_else_is_refused(string text) => Assert.Null(Read(text));

    [Fact]
    public void One_that_is_no_authority_spoils_the_bundle()
    {
        Assert.NotNull(Read(_ca.Pem));
        Assert.Null(Read(_ca.Pem + _ca.Issue().ChainPem));
        Assert.Null(Read(_ca.Pem + _ca.Pem[..200]));
    }

    [Fact]
    public void A_root_without_key_usage_is_one_all_the_same()
    {
        var plain = new SpiffeCa(shape: SvidShape.Authority with { Usage = null, HasNames = false });
        Assert.NotNull(Read(plain.Pem));
        Assert.Null(SvidCheck.Check(plain.Issue().Chain, plain.Bundles, DateTimeOffset.UtcNow, out _));
        Assert.Null(Read(new SpiffeCa(shape: SvidShape.Authority with { Usage = X509KeyUsageFlags.CrlSign }).Pem));
    }

    private static TrustBundle? Read(string text)
    {
        Assert.True(TrustDomain.TryParse("example.org", out var domain));
        var isRead = TrustBundleDocument.TryRead(domain, Encoding.UTF8.GetBytes(text), out var bundle, out var problem);
        Assert.Equal(isRead, problem is null);
        return bundle;
    }

    private static string Document(params IEnumerable<JsonObject> keys) => new JsonObject { ["keys"] = new JsonArray([.. keys]), ["spiffe_sequence"] = 1 }.ToJsonString();

    private static JsonObject Key(SpiffeCa ca) => new() { ["kty"] = "EC", ["use"] = "x509-svid", ["x5c"] = new JsonArray(Convert.ToBase64String(ca.Certificate)) };
}
