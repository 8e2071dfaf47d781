using System.Text.Json.Nodes;
using Sallyport.Gateway.Cli;
using Sallyport.Gateway.Issuing;
using Sallyport.Gateway.Tokens;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Cli;

public sealed class AwsTokenCheckTests
{
    private const string Issuer = "https://gateway.example.com";

    private static readonly DateTimeOffset Now = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("https://gateway.example.com", null)]
    [InlineData("https://gateway.example.com/tenants/a", null)]
    [InlineData("http://gateway.example.com", "is not https.")]
    [InlineData("HTTPS://gateway.example.com", "is not https.")]
    [InlineData("https://gateway.example.com:8443", "has a port.")]
    [InlineData("https://gateway.example.com:443", "has a port.")]
    [InlineData("https://gateway.example.com?a=b", "has a query or a fragment.")]
    [InlineData("https://gateway.example.com/a?", "has a query or a fragment.")]
    [InlineData("https://gateway.example.com#a", "has a query or a fragment.")]
    [InlineData("https://user@gateway.example.com", "has a user name or a password.")]
    [InlineData("https://gateway.example.com/", "ends with a slash.")]
    [InlineData("https://192.0.2.1", "names no public host.")]
    [InlineData("https://[2001:db8::1]", "names no public host.")]
    [InlineData("https://localhost", "names no public host.")]
    [InlineData("gateway.example.com", "is no URL.")]
    [InlineData("", "is no URL.")]
    public void The_URL_is_one_that_IAM_takes(string issuer, string? problem) =>
        Assert.Equal(problem is null ? [] : [problem], AwsIssuerCheck.Check(issuer).Select(finding => finding.Problem));

    [Fact]
    public void A_good_token_has_no_findings() => Assert.Empty(Places(_ => { }));

    [Theory]
    [InlineData("iss", "\"https://gateway.example.com/\"", "token.iss")]
    [InlineData("aud", "[\"sts.amazonaws.com\"]", "token.aud")]
    [InlineData("aud", "\"orders\"", "token.aud")]
    [InlineData("sub", "\"\"", "token.sub")]
    [InlineData("sub", "\"Jürgen\"", "token.sub")]
    [InlineData("sub", null, "token.sub")]
    [InlineData("exp", null, "token.exp")]
    [InlineData("exp", "1893499199", "token.exp")]
    [InlineData("exp", "\"1893499500\"", "token.exp")]
    [InlineData("exp", "1.9e9", "token.exp")]
    [InlineData("iat", null, "token.iat")]
    [InlineData("iat", "1893499200.5", "token.iat")]
    [InlineData("iat", "1893499501", "token.iat")]
    [InlineData("nbf", "1893499501", "token.nbf")]
    [InlineData("https://aws.amazon.com/tags", null, "token['https://aws.amazon.com/tags']")]
    [InlineData("https://aws.amazon.com/tags", "[]", "token['https://aws.amazon.com/tags'].principal_tags")]
    [InlineData("https://aws.amazon.com/tags", """{"principal_tags":[]}""", "token['https://aws.amazon.com/tags'].principal_tags")]
    [InlineData("https://aws.amazon.com/tags", """{"principal_tags":{}}""", "token['https://aws.amazon.com/tags'].principal_tags")]
    [InlineData("https://aws.amazon.com/tags", """{"principal_tags":{"tenant":"acme"}}""", "token['https://aws.amazon.com/tags'].principal_tags.tenant")]
    [InlineData("https://aws.amazon.com/tags", """{"principal_tags":{"tenant":["a","b"]}}""", "token['https://aws.amazon.com/tags'].principal_tags.tenant")]
    [InlineData("https://aws.amazon.com/tags", """{"principal_tags":{"tenant":[""]}}""", "token['https://aws.amazon.com/tags'].principal_tags.tenant[0]")]
    [InlineData("https://aws.amazon.com/tags", """{"principal_tags":{"tenant":["a*"]}}""", "token['https://aws.amazon.com/tags'].principal_tags.tenant[0]")]
    [InlineData("https://aws.amazon.com/tags", """{"principal_tags":{"aws:x":["a"]}}""", "token['https://aws.amazon.com/tags'].principal_tags['aws:x']")]
    [InlineData("https://aws.amazon.com/tags", """{"principal_tags":{"a":["a"],"A":["b"]}}""", "token['https://aws.amazon.com/tags'].principal_tags.A")]
    [InlineData("https://aws.amazon.com/tags", """{"principal_tags":{"a":["a"]},"transitive_tag_keys":["b"]}""", "token['https://aws.amazon.com/tags'].transitive_tag_keys")]
    [InlineData("https://aws.amazon.com/tags", """{"principal_tags":{"a":["a"]},"transitive_tag_keys":"a"}""", "token['https://aws.amazon.com/tags'].transitive_tag_keys")]
    public void A_claim_that_STS_refuses_is_found_at_its_place(string claim, string? json, string place) => Assert.Equal([place], Places(claims =>
    {
        claims.Remove(claim);
        if (json is not null) claims[claim] = JsonNode.Parse(json);
    }));

    [Fact]
    public void More_tags_or_characters_than_STS_takes_are_found()
    {
        Assert.Empty(Places(claims => claims[FederationClaims.Name] = Tags(50, 10)));
        Assert.Equal(["token['https://aws.amazon.com/tags'].principal_tags"], Places(claims => claims[FederationClaims.Name] = Tags(51, 10)));
        Assert.Equal(["token"], Places(claims => claims["padding"] = new string('x', 15_000)));
    }

    [Theory]
    [InlineData("EdDSA")]
    [InlineData("PS256")]
    public void An_algorithm_that_STS_does_not_verify_is_found(string algorithm) => Assert.Equal(["token.header.alg"], Places(_ => { }, algorithm));

    [Fact]
    public void A_token_without_a_kid_or_with_a_claim_twice_is_found()
    {
        Assert.Equal(["token.header.kid"], Places(_ => { }, kid: null));
        var key = TestKey.New("ES256");
        var twice = Claims().ToJsonString().Replace("{\"iss\"", "{\"sub\":\"eve\",\"iss\"", StringComparison.Ordinal);
        Assert.Equal(["token"], Check(key, key.Sign("""{"alg":"ES256","kid":"k1"}""", twice)));
    }

    private static JsonObject Tags(int count, int length)
    {
        var tags = new JsonObject();
        for (var i = 0; i < count; i++) tags[$"k{i}"] = new JsonArray(new string('v', length));
        return new JsonObject { ["principal_tags"] = tags };
    }

    private static JsonObject Claims() => new()
    {
        ["iss"] = Issuer,
        ["sub"] = "alice",
        ["aud"] = "sts.amazonaws.com",
        ["iat"] = Now.ToUnixTimeSeconds(),
        ["exp"] = Now.ToUnixTimeSeconds() + 300,
        [FederationClaims.Name] = JsonNode.Parse("""{"principal_tags":{"tenant":["acme"]},"transitive_tag_keys":["tenant"]}"""),
    };

    private static IEnumerable<string> Places(Action<JsonObject> edit, string algorithm = "ES256", string? kid = "k1")
    {
        var claims = Claims();
        edit(claims);
        var key = TestKey.New(algorithm);
        return Check(key, TokenForge.Token(key, claims, kid));
    }

    private static IEnumerable<string> Check(TestKey key, string token)
    {
        Assert.True(JwkSet.TryParse(System.Text.Encoding.UTF8.GetBytes(TokenForge.Set(key.PublicJwk("k1")).ToJsonString()), 10, out var keys, out _));
        return new AwsTokenCheck(Issuer, ["sts.amazonaws.com"], keys, Now).Check(token).Select(finding => finding.Path);
    }
}
