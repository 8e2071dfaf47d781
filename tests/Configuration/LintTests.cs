using System.Text.Json.Nodes;

namespace Sallyport.Tests.Configuration;

public class LintTests
{
    private const string Issuers = "Sallyport TrustedIssuers ";

    [Theory]
    [InlineData(Issuers + "corp Audiences", null, "corp.Audiences", "[\"other\"]")]
    [InlineData(Issuers + "corp Audiences", "[]", "corp.Audiences", "[\"other\"]")]
    [InlineData(Issuers + "corp Algorithms", "[]", "corp.Algorithms", "[\"ES384\", \"ES512\", \"RS384\", \"RS512\", \"PS256\", \"PS384\", \"PS512\"]")]
    [InlineData(Issuers + "corp Algorithms", "[\"ES256\", \"none\"]", "corp.Algorithms[1]", "[\"ES256\"]")]
    [InlineData(Issuers + "corp Algorithms", "[\"None\"]", "corp.Algorithms[0]", "[\"PS256\"]")]
    [InlineData(Issuers + "corp Algorithms", "[\"es256\"]", "corp.Algorithms[0]", "[\"ES256\"]")]
    [InlineData(Issuers + "corp Algorithms", "[\"RS265\"]", "corp.Algorithms[0]", "[\"RS256\"]")]
    [InlineData(Issuers + "corp Algorithms", "[\"HS512\"]", "corp.Algorithms[0]", "[\"RS512\"]")]
    [InlineData(Issuers + "corp Algorithms", "[\"ES256\", \"HS256\"]", "corp.Algorithms[1]", "[\"ES256\", \"RS256\"]")]
    [InlineData(Issuers + "partner Issuer", "\"https://id.example.com\"", "partner.Issuer", "\"https://id.example.com/\"")]
    [InlineData(Issuers + "partner Keys", "{\"JwksUri\":\"https://id.example.com/jwks\"}", "partner.Keys.JwksUri", "{\"JwksUri\":\"https://id.example.com/jwks2\"}")]
    [InlineData(Issuers + "partner Keys", "{\"JwksUri\":\"https://ID.example.com:443/jwks\"}", "partner.Keys.JwksUri", "{\"JwksUri\":\"https://id.example.com/JWKS\"}")]
    [InlineData(Issuers + "derived Issuer", "\"derived\"", "derived.Issuer", "\"https://derived.example.com/realms/one\"")]
    [InlineData(Issuers + "derived Issuer", "\"https://derived.example.com?a=b\"", "derived.Issuer", "\"https://derived.example.com/a=b\"")]
    [InlineData(Issuers + "derived Issuer", "\"https://derived.example.com#a\"", "derived.Issuer", "\"https://derived.example.com/a\"")]
    [InlineData(Issuers + "partner Issuer", "\"urn:partner\"", "partner.Issuer", "\"https://urn.partner\"")]
    [InlineData(Issuers + "derived Issuer", "\"https://a:b@derived.example.com\"", "derived.Issuer", "\"https://derived.example.com/\"")]
    [InlineData(Issuers + "corp Keys JwksUri", "\"https://a@id.example.com/jwks\"", "corp.Keys.JwksUri", "\"https://id.example.com/@jwks\"")]
    [InlineData(Issuers + "corp Keys JwksUri", "\"/etc/jwks.json\"", "corp.Keys.JwksUri", "\"https://etc/jwks.json\"")]
    [InlineData(Issuers + "corp Keys JwksUri", "\"file:///etc/jwks.json\"", "corp.Keys.JwksUri", "\"https://etc/jwks.json\"")]
    [InlineData(Issuers + "corp Keys JwksUri", "\"https://169.254.169.254/jwks\"", "corp.Keys.JwksUri", "\"https://169.253.169.254/jwks\"")]
    [InlineData(Issuers + "corp Keys JwksUri", "\"https://2852039166/jwks\"", "corp.Keys.JwksUri", "\"https://2130706433/jwks\"")]
    [InlineData(Issuers + "corp Keys JwksUri", "\"https://0xa9.0xfe.1/jwks\"", "corp.Keys.JwksUri", "\"https://0xa9.0xfd.1/jwks\"")]
    [InlineData(Issuers + "corp Keys JwksUri", "\"https://[fe80::1]/jwks\"", "corp.Keys.JwksUri", "\"https://[fd00::1]/jwks\"")]
    [InlineData(Issuers + "corp Keys JwksUri", "\"https://[febf::1]/jwks\"", "corp.Keys.JwksUri", "\"https://[fec0::1]/jwks\"")]
    [InlineData(Issuers + "corp Keys JwksUri", "\"https://[::ffff:169.254.1.1]/jwks\"", "corp.Keys.JwksUri", "\"https://[::ffff:127.0.0.1]/jwks\"")]
    [InlineData(Issuers + "corp Keys JwksUri", "\"https://[fd00:ec2::254]/jwks\"", "corp.Keys.JwksUri", "\"https://[fd00:ec2::255]/jwks\"")]
    [InlineData(Issuers + "partner Issuer", "\"https://169.254.0.1\"", "partner.Issuer", "\"https://10.0.0.1\"")]
    [InlineData(Issuers + "partner Keys", "{\"Own\": true}", "partner.Issuer", "{\"Own\": false}")]
    [InlineData(Issuers + "own Issuer", "\"https://gateway.example.com/\"", "own.Issuer", "\"https://gateway.example.com\"")]
    [InlineData(Issuers + "own Types", "[\"at+jwt\",\"JWT\"]", "own.Types[1]", "[\"AT+JWT\"]")]
    [InlineData(Issuers + "own2", "{\"Audiences\":[\"a\"],\"Keys\":{\"Own\":true}}", "own2.Issuer", null)]
    public void What_RFC_8725_and_good_sense_forbid_is_a_mistake(string place, string? wrong, string path, string? right)
    {
        Assert.Empty(Sample.Read(Sample.With(place, right)).Mistakes);

        var mistake = Assert.Single(Sample.Read(Sample.With(place, wrong)).Mistakes);

        Assert.Equal("$.Sallyport.TrustedIssuers." + path, mistake.Path);
    }

    [Theory]
    [InlineData("{\"JwksUri\":\"https://a.example.com/jwks\", \"Discovery\": true}", "JwksUri and Discovery")]
    [InlineData("{\"Inline\":\"{\\\"keys\\\":[{\\\"kty\\\":\\\"OKP\\\"}]}\", \"JwksUri\": \"https://a.example.com/jwks\"}", "JwksUri and Inline")]
    [InlineData("{\"Own\":false, \"Inline\":\"{\\\"keys\\\":[{\\\"kty\\\":\\\"OKP\\\",\\\"crv\\\":\\\"Ed25519\\\",\\\"x\\\":\\\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\\\"}]}\", \"Discovery\": true}", "Discovery and Inline")]
    public void Two_sources_of_keys_are_a_mistake_that_names_both(string keys, string named)
    {
        var one = JsonNode.Parse(keys)!.AsObject();
        one.Remove("Discovery");
        if (one.Count == 2)
            one.Remove("Inline");
        Assert.Empty(Sample.Read(WithoutDevelopment(Issuers + "partner Keys", one.ToJsonString())).Mistakes);

        var mistake = Assert.Single(Sample.Read(WithoutDevelopment(Issuers + "partner Keys", keys)).Mistakes);

        Assert.Equal("$.Sallyport.TrustedIssuers.partner.Keys", mistake.Path);
        Assert.Contains(named, mistake.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Issuers + "corp Keys JwksUri", "\"http://id.example.com/jwks\"", "\"https://id.example.com/jwks\"", "$.Sallyport.TrustedIssuers.corp.Keys.JwksUri")]
    [InlineData(Issuers + "corp Keys JwksUri", "\"http://localhost/jwks\"", "\"https://localhost/jwks\"", "$.Sallyport.TrustedIssuers.corp.Keys.JwksUri")]
    [InlineData(Issuers + "derived Issuer", "\"http://derived.example.com\"", "\"https://derived.example.com\"", "$.Sallyport.TrustedIssuers.derived.Issuer")]
    [InlineData(Issuers + "partner Issuer", "\"http://partner.example.com\"", "\"https://partner.example.com\"", "$.Sallyport.TrustedIssuers.partner.Issuer")]
    [InlineData("Sallyport Demonstration", "{\"Upstream\":\"http://127.0.0.1:1\"}", "{}", "$.Sallyport.Demonstration.Upstream")]
    [InlineData("Sallyport Demonstration", "{\"Requests\":[{\"Title\":\"t\",\"Path\":\"/\"}]}", "{}", "$.Sallyport.Demonstration.Requests")]
    public void What_Development_allows_is_a_mistake_elsewhere(string place, string onlyDevelopment, string everywhere, string path)
    {
        Assert.Empty(Sample.Read(WithoutDevelopment(place, onlyDevelopment), "Development").Mistakes);
        Assert.Empty(Sample.Read(WithoutDevelopment(place, onlyDevelopment), "development").Mistakes);
        foreach (var environment in (string[])["Production", "Staging", "", "Development2"])
        {
            Assert.Empty(Sample.Read(WithoutDevelopment(place, everywhere), environment).Mistakes);
            var mistake = Assert.Single(Sample.Read(WithoutDevelopment(place, onlyDevelopment), environment).Mistakes);
            Assert.Equal(path, mistake.Path);
        }
    }

    [Fact]
    public void Demonstration_tokens_need_the_gateway_as_a_trusted_issuer()
    {
        const string Place = "Sallyport Demonstration";
        const string Requests = """{"Requests":[{"Title":"t","Path":"/"},{"Title":"t","Path":"/","Claims":{}}]}""";
        Assert.Empty(Sample.Read(Sample.With(Place, Requests)).Mistakes);

        var mistake = Assert.Single(Sample.Read(WithoutDevelopment(Place, Requests)).Mistakes);

        Assert.Equal("$.Sallyport.Demonstration.Requests[1].Claims", mistake.Path);
    }

    [Fact]
    public void Our_own_keys_need_an_issuer_and_so_do_assertions()
    {
        Assert.Empty(Sample.Read(Sample.With("ReverseProxy Clusters backend Metadata", """{"Sallyport:Audience":"orders"}""")).Mistakes);

        var root = Sample.With("ReverseProxy Clusters backend Metadata", """{"Sallyport:Audience":"orders"}""");
        Sample.Set(root, "Sallyport Issuer", null);
        var mistakes = Sample.Read(root).Mistakes;

        Assert.Equal(
            ["$.ReverseProxy.Clusters.backend.Metadata['Sallyport:Audience']", "$.Sallyport.TrustedIssuers.own.Keys.Own"],
            mistakes.Select(mistake => mistake.Path).Order(StringComparer.Ordinal));
        Assert.All(mistakes, mistake => Assert.Contains("Configure Sallyport.Issuer", mistake.Mend, StringComparison.Ordinal));
    }

    [Fact]
    public void An_own_issuer_is_ourselves_and_takes_access_tokens_only_by_any_algorithm_that_our_ring_can_have()
    {
        var own = Sample.Read(Sample.Node()).Options!.TrustedIssuers.Single(issuer => issuer.Name == "own");

        Assert.Equal("https://gateway.example.com", own.Issuer);
        Assert.Equal(["at+jwt"], own.Types);
        Assert.Contains("PS512", own.Algorithms);
        Assert.DoesNotContain("HS256", own.Algorithms);
    }

    /// <summary>The sample without what only Development has, changed in one place.</summary>
    private static JsonNode WithoutDevelopment(string place, string json)
    {
        var root = Sample.Node();
        Sample.Set(root, Issuers + "own", null);
        Sample.Set(root, "Sallyport Demonstration", null);
        Sample.Set(root, place, json);
        return root;
    }
}
