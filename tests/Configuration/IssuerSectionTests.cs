using System.Text.Json.Nodes;
using Sallyport.Gateway.Issuing;
using Sallyport.Gateway.Keys;

namespace Sallyport.Tests.Configuration;

public class IssuerSectionTests
{
    private const string Hash = "pbkdf2-sha256$600000$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    private const string Section = $$"""
        {
          "Issuer": "https://gateway.example.com", "Algorithm": "ES256", "RsaBits": 3072, "Lifetime": "00:05:00", "JwksMaxAge": "00:05:00",
          "Keys": { "Store": "Memory", "Life": "1.00:00:00", "Poll": "00:00:05" },
          "Clients": {
            "billing": { "SecretHash": "{{Hash}}", "Audiences": ["orders"], "Scopes": ["orders:read"], "Grants": ["ClientCredentials", "TokenExchange"], "Lifetime": "00:10:00", "RequestsPerMinute": 60 },
            "robot": {
              "Keys": { "Inline": { "keys": [{ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" }] } },
              "Audiences": ["orders", "https://api.example.com"]
            }
          },
          "Assertions": { "Header": "X-Auth-Assertion", "Lifetime": "00:02:00", "Claims": { "org": "org_id", "https://example.com/roles": "roles" } }
        }
        """;

    [Fact]
    public void A_whole_section_reads_as_it_says()
    {
        var (options, mistakes) = Sample.Read(With());

        Assert.Empty(mistakes);
        var issuer = options!.Issuer!;
        Assert.Equal("https://gateway.example.com", issuer.Issuer);
        Assert.Equal("https://gateway.example.com", issuer.Keys.Issuer);
        Assert.Equal((KeyStoreKind.Memory, "ES256", 3072), (issuer.Keys.Store, issuer.Keys.Algorithm, issuer.Keys.RsaBits));
        Assert.Equal(["billing", "robot"], issuer.Clients.Select(client => client.Id));
        var (billing, robot) = (issuer.Clients[0], issuer.Clients[1]);
        Assert.Equal([Grant.ClientCredentials, Grant.TokenExchange], billing.Grants);
        Assert.Equal([Grant.ClientCredentials], robot.Grants);
        Assert.Equal((TimeSpan.FromMinutes(10), 60), (billing.Lifetime!.Value, billing.RequestsPerMinute));
        Assert.Equal((null, 600), (robot.Lifetime, robot.RequestsPerMinute));
        Assert.NotNull(robot.Keys!.Inline);
        Assert.Equal("roles", issuer.Assertions.Claims["https://example.com/roles"]);
        Assert.DoesNotContain(Hash, billing.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_section_there_is_no_issuer() => Assert.Null(Sample.Read(WithoutIssuer()).Options!.Issuer);

    [Fact]
    public void An_empty_section_is_told_what_it_needs()
    {
        var json = WithoutIssuer();
        Sample.Set(json, "Sallyport Issuer", "{}");

        var mistakes = Sample.Read(json).Mistakes;

        Assert.Equal(["$.Sallyport.Issuer.Issuer", "$.Sallyport.Issuer.Keys.Store"], mistakes.Select(mistake => mistake.Path).Order(StringComparer.Ordinal));
    }

    [Theory]
    // The issuer.
    [InlineData("Issuer", "\"gateway\"", "$.Sallyport.Issuer.Issuer", "Write it like")]
    [InlineData("Issuer", "\"ftp://gateway.example.com\"", "$.Sallyport.Issuer.Issuer", "Write it like")]
    [InlineData("Issuer", "\"https://gateway.example.com/\"", "$.Sallyport.Issuer.Issuer", "Take the slash off.")]
    [InlineData("Issuer", "\"https://gateway.example.com/a/\"", "$.Sallyport.Issuer.Issuer", "Take the slash off.")]
    [InlineData("Issuer", "\"https://gateway.example.com?a=b\"", "$.Sallyport.Issuer.Issuer", "Take it out.")]
    [InlineData("Issuer", "\"https://gateway.example.com#a\"", "$.Sallyport.Issuer.Issuer", "Take it out.")]
    [InlineData("Issuer", "\"https://me@gateway.example.com\"", "$.Sallyport.Issuer.Issuer", "Take the part before the @ out")]
    [InlineData("Issuer", "\"https://Gateway.example.com\"", "$.Sallyport.Issuer.Issuer", "Write \"https://gateway.example.com\"")]
    [InlineData("Issuer", "\"https://gateway.example.com:443\"", "$.Sallyport.Issuer.Issuer", "Write \"https://gateway.example.com\"")]
    [InlineData("Issuer", "\"https://gateway.example.com/a/../b\"", "$.Sallyport.Issuer.Issuer", "Write \"https://gateway.example.com/b\"")]
    [InlineData("Issuer", "\"https://gateway.example.com/{tenant}\"", "$.Sallyport.Issuer.Issuer", "Write ")]
    [InlineData("Issuer", "\"https://gateway.example.com/a%20b\"", "$.Sallyport.Issuer.Issuer", "Use letters, digits")]
    [InlineData("Issuer", "\"https://gateway.example.com/a//b\"", "$.Sallyport.Issuer.Issuer", "Use letters, digits")]
    [InlineData("Isuer", "\"x\"", "$.Sallyport.Issuer.Isuer", "Did you mean \"Issuer\"?")]
    // Keys.
    [InlineData("Algorithm", "\"HS256\"", "$.Sallyport.Issuer.Algorithm", "Write \"ES256\" or")]
    [InlineData("Algorithm", "\"none\"", "$.Sallyport.Issuer.Algorithm", "Write \"ES256\" or")]
    [InlineData("RsaBits", "1024", "$.Sallyport.Issuer.RsaBits", "from 2048 to 4096")]
    [InlineData("RsaBits", "2049", "$.Sallyport.Issuer.RsaBits", "Write 2048, 3072 or 4096.")]
    [InlineData("Keys Store", "\"Disk\"", "$.Sallyport.Issuer.Keys.Store", "\"Memory\" or \"File\" or \"Redis\"")]
    [InlineData("Keys Store", "\"File\"", "$.Sallyport.Issuer.Keys.Directory", "Name a directory")]
    [InlineData("Keys Store", "\"File\"", "$.Sallyport.Issuer.Keys.KeyEncryptionKey", "32 random bytes")]
    [InlineData("Keys Store", "\"Redis\"", "$.Sallyport.Issuer.Keys.KeyEncryptionKey", "32 random bytes")]
    [InlineData("Keys Directory", "\"keys\"", "$.Sallyport.Issuer.Keys.Directory", "make the Store \"File\"")]
    [InlineData("Keys KeyEncryptionKey", "{\"Environment\":\"PATH\"}", "$.Sallyport.Issuer.Keys.KeyEncryptionKey", "name another Store")]
    [InlineData("Keys Lief", "\"1.00:00:00\"", "$.Sallyport.Issuer.Keys.Lief", "Did you mean \"Life\"?")]
    [InlineData("Keys Poll", "\"00:10:00\"", "$.Sallyport.Issuer.Keys.Poll", "From ")]
    // No token outlives its key.
    [InlineData("Lifetime", "\"04:00:01\"", "$.Sallyport.Issuer.Lifetime", "a sixth of Keys.Life")]
    [InlineData("Clients billing Lifetime", "\"04:00:01\"", "$.Sallyport.Issuer.Clients.billing.Lifetime", "a sixth of Keys.Life")]
    [InlineData("JwksMaxAge", "\"04:00:01\"", "$.Sallyport.Issuer.JwksMaxAge", "a sixth of Keys.Life")]
    [InlineData("Keys Life", "\"00:06:00\"", "$.Sallyport.Issuer.Keys.Poll", "at most a third")]
    [InlineData("Keys Life", "\"00:25:00\"", "$.Sallyport.Issuer.Lifetime", "a sixth of Keys.Life")]
    // Clients.
    [InlineData("Clients billing SecretHash", null, "$.Sallyport.Issuer.Clients.billing", "Give it Keys")]
    [InlineData("Clients robot SecretHash", $"\"{Hash}\"", "$.Sallyport.Issuer.Clients.robot", "Give it Keys")]
    [InlineData("Clients billing SecretHash", "\"s3cret\"", "$.Sallyport.Issuer.Clients.billing.SecretHash", "Let \"clients hash\" make it")]
    [InlineData("Clients billing Secret", "\"s3cret\"", "$.Sallyport.Issuer.Clients.billing.Secret", "Known here")]
    [InlineData("Clients billing Audiences", null, "$.Sallyport.Issuer.Clients.billing.Audiences", "List the audiences")]
    [InlineData("Clients billing Audiences", "[]", "$.Sallyport.Issuer.Clients.billing.Audiences", "List the audiences")]
    [InlineData("Clients billing Audiences", "[\"orders\",\"orders\"]", "$.Sallyport.Issuer.Clients.billing.Audiences[1]", "Take it out.")]
    [InlineData("Clients billing Scopes", "[\"orders:read orders:write\"]", "$.Sallyport.Issuer.Clients.billing.Scopes[0]", "element of its own")]
    [InlineData("Clients billing Grants", "[]", "$.Sallyport.Issuer.Clients.billing.Grants", "List the grants")]
    [InlineData("Clients billing Grants", "[\"Password\"]", "$.Sallyport.Issuer.Clients.billing.Grants[0]", "Known here")]
    [InlineData("Clients billing Grants", "[\"TokenExchanges\"]", "$.Sallyport.Issuer.Clients.billing.Grants[0]", "Did you mean \"TokenExchange\"?")]
    [InlineData("Clients billing RequestsPerMinute", "0", "$.Sallyport.Issuer.Clients.billing.RequestsPerMinute", "from 1 to")]
    [InlineData("Clients robot Keys", "{}", "$.Sallyport.Issuer.Clients.robot.Keys", "Write {\"Inline\"")]
    [InlineData("Clients robot Keys JwksUri", "\"https://robot.example.com\"", "$.Sallyport.Issuer.Clients.robot.Keys.JwksUri", "Known here")]
    [InlineData("Clients robot Keys Inline keys 0 d", "\"AAAA\"", "$.Sallyport.Issuer.Clients.robot.Keys.Inline.keys[0]", "Keep only the public members")]
    // Assertions.
    [InlineData("Assertions Header", "\"X_Auth\"", "$.Sallyport.Issuer.Assertions.Header", "Write letters and digits")]
    [InlineData("Assertions Header", "\"X-Auth-\"", "$.Sallyport.Issuer.Assertions.Header", "Write letters and digits")]
    [InlineData("Assertions Lifetime", "\"00:00:59\"", "$.Sallyport.Issuer.Assertions.Lifetime", "From 00:01:00 to 00:05:00.")]
    [InlineData("Assertions Claims sub", "\"email\"", "$.Sallyport.Issuer.Assertions.Claims.sub", "Choose another name")]
    [InlineData("Assertions Claims org", "[\"a\",\"b\"]", "$.Sallyport.Issuer.Assertions.Claims.org", "Write the name of one claim.")]
    public void Broken_in_one_place_it_has_one_mistake_there(string place, string? json, string path, string mend)
    {
        var reading = Sample.Read(With(place, json));

        Assert.Null(reading.Options);
        Assert.Contains(reading.Mistakes, mistake => mistake.Path == path && mistake.Mend.Contains(mend, StringComparison.Ordinal));
        Assert.All(reading.Mistakes, mistake => Assert.StartsWith("$.Sallyport.Issuer", mistake.Path, StringComparison.Ordinal));
        Assert.DoesNotContain(reading.Mistakes, mistake => mistake.ToString().Contains("s3cret", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("a:b")]
    [InlineData("b\u00fcro")]
    public void The_name_of_a_client_is_a_client_id(string name)
    {
        var json = With();
        json["Sallyport"]!["Issuer"]!["Clients"]![name] = new JsonObject { ["SecretHash"] = Hash, ["Audiences"] = new JsonArray("orders") };

        Assert.NotEmpty(Sample.Read(json).Mistakes);
    }

    [Fact]
    public void Http_is_for_development()
    {
        var json = (JsonObject)JsonNode.Parse($$"""{ "Sallyport": { "Issuer": {{Section}} } }""")!;
        Assert.Empty(Sample.Read(json, "Production").Mistakes);

        json["Sallyport"]!["Issuer"]!["Issuer"] = "http://localhost:8080";
        Assert.Empty(Sample.Read(json).Mistakes);
        Assert.Equal("$.Sallyport.Issuer.Issuer", Assert.Single(Sample.Read(json, "Production").Mistakes).Path);
    }

    [Fact]
    public void Stores_outside_the_process_need_a_key_and_Redis()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
        var keys = new JsonObject { ["Store"] = "Redis", ["KeyEncryptionKey"] = new JsonObject { ["File"] = file } };
        var json = With();
        json["Sallyport"]!["Issuer"]!["Keys"] = keys;

        Assert.Equal("$.Sallyport.Issuer.Keys.Store", Assert.Single(Sample.Read(json).Mistakes).Path);
        json["Sallyport"]!["Redis"] = new JsonObject { ["Configuration"] = "127.0.0.1:6379", ["MacKey"] = new JsonObject { ["File"] = file } };
        Assert.Equal(KeyStoreKind.Redis, Sample.Read(json).Options!.Issuer!.Keys.Store);
        keys["KeyEncryptionKey"] = new JsonArray(new JsonObject { ["File"] = file }, new JsonObject { ["File"] = file });
        Assert.Equal(2, Sample.Read(json).Options!.Issuer!.Keys.KeyEncryptionKeys.Count);
        File.WriteAllText(file, new string('z', 40));
        Assert.Contains(Sample.Read(json).Mistakes, mistake => mistake.Path == "$.Sallyport.Issuer.Keys.KeyEncryptionKey[1].File" && mistake.Mend.Contains("44 characters of base64", StringComparison.Ordinal));
        File.WriteAllText(file, "short");
        Assert.Contains(Sample.Read(json).Mistakes, mistake => mistake.Path == "$.Sallyport.Issuer.Keys.KeyEncryptionKey[0].File");
        File.Delete(file);
    }

    [Theory]
    [InlineData("/oauth/token", false)]
    [InlineData("/OAuth/{what}", false)]
    [InlineData("/oauth/{**rest}", false)]
    [InlineData("/.well-known/{file}", false)]
    [InlineData("/.well-known/{**rest}", false)]
    [InlineData("/{**rest}", true)]
    [InlineData("/{a}/{b}", true)]
    [InlineData("/oauth/authorize", true)]
    [InlineData("/.well-known/acme-challenge/{token}", true)]
    public void A_route_that_is_meant_for_an_address_of_the_issuer_is_a_mistake(string path, bool isGood)
    {
        var json = With();
        Sample.Set(json, "ReverseProxy Routes open Match Path", $"\"{path}\"");

        var mistakes = Sample.Read(json).Mistakes;

        if (isGood) Assert.Empty(mistakes);
        else Assert.Equal("$.ReverseProxy.Routes.open.Match.Path", Assert.Single(mistakes).Path);
        var alone = WithoutIssuer();
        Sample.Set(alone, "ReverseProxy Routes open Match Path", $"\"{path}\"");
        Assert.Empty(Sample.Read(alone).Mistakes);
    }

    [Fact]
    public void Our_own_keys_are_not_fetched_from_ourselves()
    {
        var json = WithoutIssuer();
        Sample.Set(json, "Sallyport Issuer", Section);
        Sample.Set(json, "Sallyport TrustedIssuers derived Issuer", "\"https://gateway.example.com\"");

        var mistake = Assert.Single(Sample.Read(json).Mistakes);

        Assert.Equal("$.Sallyport.TrustedIssuers.derived.Keys", mistake.Path);
        Assert.Contains("{\"Own\": true}", mistake.Mend, StringComparison.Ordinal);
    }

    private static JsonNode WithoutIssuer()
    {
        var sample = Sample.With("Sallyport Issuer", null);
        // They ask for tokens of ours.
        Sample.Set(sample, "Sallyport TrustedIssuers own", null);
        Sample.Set(sample, "Sallyport Demonstration", null);
        return sample;
    }

    private static JsonNode With(string? place = null, string? json = null)
    {
        var sample = Sample.With("Sallyport Issuer", Section);
        if (place is not null) Sample.Set(sample, "Sallyport Issuer " + place, json);
        return sample;
    }
}
