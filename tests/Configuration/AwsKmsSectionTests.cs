using System.Text.Json.Nodes;
using Sallyport.Gateway.Keys;

namespace Sallyport.Tests.Configuration;

public sealed class AwsKmsSectionTests : IDisposable
{
    private readonly string _secret = Path.GetTempFileName();

    public AwsKmsSectionTests() => File.WriteAllText(_secret, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");

    public void Dispose() => File.Delete(_secret);

    [Fact]
    public void A_whole_section_reads_as_it_says()
    {
        var (options, mistakes) = Sample.Read(With(), "Production");

        Assert.Empty(mistakes);
        var keys = options!.Issuer!.Keys;
        Assert.Equal((KeyStoreKind.AwsKms, true), (keys.Store, keys.IsInRedis));
        var kms = keys.AwsKms!;
        Assert.Equal(("eu-central-1", "alias/tokens/{kid}", "https://kms.example.com/"), (kms.Region, kms.Alias, kms.Endpoint!.AbsoluteUri));
        Assert.Equal((TimeSpan.FromMinutes(3), TimeSpan.FromSeconds(1)), (kms.Freshness, kms.Timeout));
        Assert.Equal([("cost:center", "42"), ("team", "identity + access")], kms.Tags.Select(tag => (tag.Key, tag.Value)).Order());
        Assert.Equal("alias/tokens/0vx7", kms.AliasOf("0vx7"));
    }

    [Fact]
    public void The_region_is_all_that_it_needs()
    {
        var json = With();
        Sample.Set(json, "Sallyport Issuer Keys AwsKms", """{ "Region": "us-gov-west-1" }""");

        var kms = Sample.Read(json, "Production").Options!.Issuer!.Keys.AwsKms!;

        Assert.Equal(("alias/sallyport-{kid}", null), (kms.Alias, kms.Endpoint));
        Assert.Equal((TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(2)), (kms.Freshness, kms.Timeout));
    }

    [Theory]
    [InlineData("Keys AwsKms Region", null, "$.Sallyport.Issuer.Keys.AwsKms.Region", "eu-central-1")]
    [InlineData("Keys AwsKms", null, "$.Sallyport.Issuer.Keys.AwsKms.Region", "eu-central-1")]
    [InlineData("Keys AwsKms Region", "\"evil.example.com/\"", "$.Sallyport.Issuer.Keys.AwsKms.Region", "eu-central-1")]
    [InlineData("Keys AwsKms Region", "\"EU\"", "$.Sallyport.Issuer.Keys.AwsKms.Region", "eu-central-1")]
    [InlineData("Keys AwsKms Alias", "\"alias/tokens\"", "$.Sallyport.Issuer.Keys.AwsKms.Alias", "{kid}")]
    [InlineData("Keys AwsKms Alias", "\"tokens-{kid}\"", "$.Sallyport.Issuer.Keys.AwsKms.Alias", "{kid}")]
    [InlineData("Keys AwsKms Alias", "\"alias/{kid}-{kid}\"", "$.Sallyport.Issuer.Keys.AwsKms.Alias", "{kid}")]
    [InlineData("Keys AwsKms Alias", "\"alias/aws/{kid}\"", "$.Sallyport.Issuer.Keys.AwsKms.Alias", "{kid}")]
    [InlineData("Keys AwsKms Alias", "\"alias/a b{kid}\"", "$.Sallyport.Issuer.Keys.AwsKms.Alias", "{kid}")]
    [InlineData("Keys AwsKms Alias", "\"alias/{tenant}{kid}\"", "$.Sallyport.Issuer.Keys.AwsKms.Alias", "{kid}")]
    [InlineData("Keys AwsKms Endpoint", "\"http://kms.example.com\"", "$.Sallyport.Issuer.Keys.AwsKms.Endpoint", "Use https")]
    [InlineData("Keys AwsKms Endpoint", "\"https://me:secret@kms.example.com\"", "$.Sallyport.Issuer.Keys.AwsKms.Endpoint", "Take the part before the @")]
    [InlineData("Keys AwsKms Freshness", "\"02:00:00\"", "$.Sallyport.Issuer.Keys.AwsKms.Freshness", "From 00:00:01 to 01:00:00.")]
    [InlineData("Keys AwsKms Timeout", "\"00:00:10\"", "$.Sallyport.Issuer.Keys.AwsKms.Timeout", "lease")]
    [InlineData("Keys AwsKms Tags", """{ "aws:x": "1" }""", "$.Sallyport.Issuer.Keys.AwsKms.Tags.aws:x", "Choose another name")]
    [InlineData("Keys AwsKms Tags", """{ "sallyport-issuer": "1" }""", "$.Sallyport.Issuer.Keys.AwsKms.Tags.sallyport-issuer", "Choose another name")]
    [InlineData("Keys AwsKms Tags", """{ "x": "<" }""", "$.Sallyport.Issuer.Keys.AwsKms.Tags.x", "256 letters")]
    [InlineData("Keys AwsKms Tags", """{ "x": ["a"] }""", "$.Sallyport.Issuer.Keys.AwsKms.Tags.x", "256 letters")]
    [InlineData("Keys AwsKms AccessKey", "\"AKIA\"", "$.Sallyport.Issuer.Keys.AwsKms.AccessKey", "Known here")]
    [InlineData("Keys KeyEncryptionKey", null, "$.Sallyport.Issuer.Keys.KeyEncryptionKey", "32 random bytes")]
    [InlineData("Keys Directory", "\"ring\"", "$.Sallyport.Issuer.Keys.Directory", "Take it out.")]
    [InlineData("Keys Store", "\"Redis\"", "$.Sallyport.Issuer.Keys.AwsKms", "make the Store \"AwsKms\"")]
    [InlineData("Algorithm", "\"EdDSA\"", "$.Sallyport.Issuer.Algorithm", "ES256")]
    public void Broken_in_one_place_it_has_one_mistake_there(string place, string? value, string path, string mend)
    {
        var json = With();
        if (value is null) Remove(json, "Sallyport Issuer " + place);
        else Sample.Set(json, "Sallyport Issuer " + place, value);

        var mistake = Assert.Single(Sample.Read(json, "Production").Mistakes);

        Assert.Equal(path, Plain(mistake.Path));
        Assert.Contains(mend, mistake.Mend, StringComparison.Ordinal);
        Assert.DoesNotContain("secret@", mistake.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("RS256", 2048, true)]
    [InlineData("PS256", 3072, true)]
    [InlineData("RS256", 4096, true)]
    [InlineData("RS256", 2560, false)]
    [InlineData("ES256", 2560, true)]
    public void Rsa_keys_are_of_a_size_that_KMS_makes(string algorithm, int bits, bool isGood)
    {
        var json = With();
        (json["Sallyport"]!["Issuer"]!["Algorithm"], json["Sallyport"]!["Issuer"]!["RsaBits"]) = (algorithm, bits);

        var mistakes = Sample.Read(json, "Production").Mistakes;

        Assert.Equal(isGood ? [] : ["$.Sallyport.Issuer.RsaBits"], mistakes.Select(mistake => mistake.Path));
    }

    [Fact]
    public void Without_Redis_the_ring_lies_in_a_directory()
    {
        var json = With();
        Remove(json, "Sallyport Redis");
        Assert.Equal("$.Sallyport.Issuer.Keys.Store", Assert.Single(Sample.Read(json, "Production").Mistakes).Path);

        Sample.Set(json, "Sallyport Issuer Keys Directory", "\"ring\"");
        var keys = Sample.Read(json, "Production").Options!.Issuer!.Keys;
        Assert.Equal((false, "ring"), (keys.IsInRedis, Path.GetFileName(keys.Directory)));
    }

    [Fact]
    public void Http_is_for_development_and_an_alias_is_no_longer_than_KMS_takes()
    {
        var json = With();
        Sample.Set(json, "Sallyport Issuer Keys AwsKms Endpoint", "\"http://127.0.0.1:4566\"");
        Assert.Empty(Sample.Read(json).Mistakes);

        json = With();
        Sample.Set(json, "Sallyport Issuer Keys AwsKms Alias", $"\"alias/{new string('a', 256 - 6 - 43)}{{kid}}\"");
        Assert.Empty(Sample.Read(json, "Production").Mistakes);
        Sample.Set(json, "Sallyport Issuer Keys AwsKms Alias", $"\"alias/{new string('a', 257 - 6 - 43)}{{kid}}\"");
        Assert.Equal("$.Sallyport.Issuer.Keys.AwsKms.Alias", Assert.Single(Sample.Read(json, "Production").Mistakes).Path);
    }

    // A name that no path in dots can have is written in brackets.
    private static string Plain(string path) => path.Replace("['", ".", StringComparison.Ordinal).Replace("[\"", ".", StringComparison.Ordinal).Replace("']", "", StringComparison.Ordinal).Replace("\"]", "", StringComparison.Ordinal);

    private static void Remove(JsonObject json, string place)
    {
        var names = place.Split(' ');
        JsonNode node = json;
        foreach (var name in names[..^1]) node = node[name]!;
        ((JsonObject)node).Remove(names[^1]);
    }

    private JsonObject With()
    {
        var json = (JsonObject)JsonNode.Parse("""
            {
              "Sallyport": {
                "Redis": { "Configuration": "127.0.0.1:6379" },
                "Issuer": {
                  "Issuer": "https://gateway.example.com",
                  "Keys": {
                    "Store": "AwsKms",
                    "AwsKms": {
                      "Region": "eu-central-1", "Alias": "alias/tokens/{kid}", "Endpoint": "https://kms.example.com", "Freshness": "00:03:00", "Timeout": "00:00:01",
                      "Tags": { "team": "identity + access", "cost:center": "42" }
                    }
                  }
                }
              }
            }
            """)!;
        json["Sallyport"]!["Redis"]!["MacKey"] = new JsonObject { ["File"] = _secret };
        json["Sallyport"]!["Issuer"]!["Keys"]!["KeyEncryptionKey"] = new JsonObject { ["File"] = _secret };
        return json;
    }
}
