using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Sallyport.Tests.Federation;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Cli;

public sealed class DoctorAwsVerbTests
{
    // What loopback itself is refused for; a healthy issuer there has these findings and no other.
    private static readonly string[] OfLoopback = ["issuer is not https.", "issuer has a port.", "issuer names no public host.", "discovery.jwks_uri is not https."];

    [Theory]
    [InlineData("ES256")]
    [InlineData("RS256")]
    public async Task Of_a_healthy_issuer_only_its_address_is_found(string algorithm)
    {
        await using var issuer = await OwnIssuer.StartAsync(algorithm);
        Assert.Equal(OfLoopback, await Findings(issuer.Server.Issuer, await issuer.TokenAsync("\"acme\"")));
        Assert.Equal(OfLoopback, await Findings(issuer.Server.Issuer, token: null));
    }

    [Fact]
    public async Task People_are_told_place_problem_and_mend()
    {
        await using var issuer = await OwnIssuer.StartAsync();
        var result = await Verb.RunAsync("", "doctor", "aws", "--issuer", issuer.Server.Issuer, "--environment", "Development");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("1. issuer is not https.", result.Output);
        Assert.Contains("   STS asks port 443 only.", result.Output);
        Assert.Contains($"AWS STS would refuse {issuer.Server.Issuer}.", result.Output);
        Assert.Contains("No token was read", result.Output);
    }

    [Fact]
    public async Task Outside_Development_http_is_not_even_fetched()
    {
        await using var issuer = await OwnIssuer.StartAsync();
        var result = await Verb.RunAsync("", "doctor", "aws", "--issuer", issuer.Server.Issuer, "--environment", "Production", "--json");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("is not fetched", result.Output);
        Assert.Equal(0, issuer.Server.DiscoveryHits);
    }

    [Theory]
    [InlineData("""{ "issuer": "https://other.example.com" }""", "discovery.issuer")]
    [InlineData("""{ "issuer": null }""", "discovery.issuer")]
    [InlineData("""{ "jwks_uri": "/jwks" }""", "discovery.jwks_uri")]
    [InlineData("""{ "subject_types_supported": null }""", "discovery.subject_types_supported")]
    [InlineData("""{ "id_token_signing_alg_values_supported": ["EdDSA", "PS256"] }""", "discovery.id_token_signing_alg_values_supported")]
    public async Task A_fault_of_discovery_is_found(string edit, string place)
    {
        await using var issuer = await OwnIssuer.StartAsync();
        issuer.Server.EditMetadata = metadata =>
        {
            foreach (var (name, value) in JsonNode.Parse(edit)!.AsObject()) metadata[name] = value?.DeepClone();
        };
        Assert.Contains(await Findings(issuer.Server.Issuer, token: null), finding => finding.StartsWith(place + " ", StringComparison.Ordinal) && !OfLoopback.Contains(finding));
    }

    [Fact]
    public async Task Redirects_errors_and_pages_are_found()
    {
        await using var issuer = await OwnIssuer.StartAsync();
        issuer.Server.OpenIdConfiguration.Fault = (context, _) =>
        {
            context.Response.Redirect("/jwks");
            return Task.CompletedTask;
        };
        Assert.Contains(await Findings(issuer.Server.Issuer, null), finding => finding.StartsWith("discovery ", StringComparison.Ordinal) && finding.Contains("redirect", StringComparison.Ordinal));
        Assert.Equal(0, issuer.Server.JwksHits);

        issuer.Server.OpenIdConfiguration.Fault = (context, _) => context.Response.WriteAsync("<html>");
        Assert.Contains(await Findings(issuer.Server.Issuer, null), finding => finding.Contains("answers no JSON", StringComparison.Ordinal));

        issuer.Server.OpenIdConfiguration.Fault = null;
        issuer.Server.Jwks.Enabled = false;
        Assert.Contains(await Findings(issuer.Server.Issuer, null), finding => finding.StartsWith("jwks ", StringComparison.Ordinal) && finding.Contains("404", StringComparison.Ordinal));

        await issuer.Server.Stop();
        Assert.Contains(await Findings(issuer.Server.Issuer, null), finding => finding.StartsWith("discovery ", StringComparison.Ordinal) && finding.Contains("cannot be read", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Faults_of_the_JWK_Set_are_found()
    {
        await using var issuer = await OwnIssuer.StartAsync();
        var good = TestKey.New("ES256");

        issuer.Server.Publish(TestKey.New("EdDSA").PublicJwk("e1", "EdDSA"));
        Assert.Contains(await Findings(issuer.Server.Issuer, null), finding => finding.StartsWith("jwks.keys has no RSA or EC key", StringComparison.Ordinal));

        issuer.Server.Publish(good.PublicJwk("a"), good.PublicJwk(), TestKey.New("ES256").PublicJwk("a"));
        var found = await Findings(issuer.Server.Issuer, null);
        Assert.Contains("jwks.keys[1].kid is missing.", found);
        Assert.Contains("jwks.keys[2].kid is that of another key, too.", found);

        issuer.Server.Publish([.. Enumerable.Range(0, 100).Select(i => good.PublicJwk($"k{i}"))]);
        Assert.Equal(OfLoopback, await Findings(issuer.Server.Issuer, null));
        issuer.Server.Publish([.. Enumerable.Range(0, 101).Select(i => good.PublicJwk($"k{i}"))]);
        Assert.Contains("jwks.keys has 101 entries.", await Findings(issuer.Server.Issuer, null));

        // Beside a key that STS takes, one that it does not is no harm.
        issuer.Server.Publish(good.PublicJwk("a"), TestKey.New("EdDSA").PublicJwk("e1", "EdDSA"));
        Assert.Equal(OfLoopback, await Findings(issuer.Server.Issuer, null));
    }

    [Fact]
    public async Task A_token_of_another_key_or_changed_is_found()
    {
        await using var issuer = await OwnIssuer.StartAsync();
        var (good, other) = ((await issuer.TokenAsync("\"acme\"")).Split('.'), (await issuer.TokenAsync("\"globex\"")).Split('.'));
        Assert.Contains("token.signature is not valid under the key of that kid.", await Findings(issuer.Server.Issuer, $"{good[0]}.{other[1]}.{good[2]}"));
        Assert.Contains(await Findings(issuer.Server.Issuer, "nonsense"), finding => finding.StartsWith("token is no signed token", StringComparison.Ordinal));

        await using var stranger = await OwnIssuer.StartAsync();
        var found = await Findings(issuer.Server.Issuer, await stranger.TokenAsync("\"acme\""));
        Assert.Contains("token.header.kid is not in the JWK Set.", found);
        Assert.Contains("token.iss is not byte for byte the issuer.", found);
    }

    [Fact]
    public async Task Without_a_configured_issuer_and_without_one_named_it_is_a_wrong_command_line()
    {
        var result = await Verb.RunAsync(new Shop().Configuration(), input: null, "doctor", "aws");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("--issuer", result.Errors);
    }

    [Fact]
    public async Task Issuer_and_audiences_come_from_the_configuration_where_none_are_named()
    {
        await using var issuer = await OwnIssuer.StartAsync();
        var configuration = new Shop().Configuration();
        configuration["Sallyport"]!["Issuer"] = JsonNode.Parse($$"""
            { "Issuer": "{{issuer.Server.Issuer}}", "Keys": { "Store": "Memory" }, "Federation": { "elsewhere": { "Tags": { "tenant": { "Claim": "org_id" } } } } }
            """);
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, configuration.ToJsonString());
            string[] arguments = ["doctor", "aws", "--token", await issuer.TokenAsync("\"acme\""), "--config", file, "--environment", "Development", "--json"];
            var federated = await Verb.RunAsync("", arguments);
            var named = await Verb.RunAsync("", [.. arguments, "--audience", OwnIssuer.Audience]);
            Assert.Contains("token.aud", federated.Output);
            Assert.Contains(issuer.Server.Issuer, federated.Output);
            Assert.DoesNotContain("token.aud", named.Output, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task<List<string>> Findings(string issuer, string? token)
    {
        string[] arguments = ["doctor", "aws", "--issuer", issuer, "--environment", "Development", "--json"];
        var result = await Verb.RunAsync(token, token is null ? arguments : [.. arguments, "--token", "-"]);
        Assert.Equal(1, result.ExitCode);
        Assert.Equal("", result.Errors);
        var root = JsonDocument.Parse(result.Output).RootElement;
        Assert.False(root.GetProperty("accepted").GetBoolean());
        Assert.Equal(token is not null, root.GetProperty("tokenRead").GetBoolean());
        return [.. root.GetProperty("findings").EnumerateArray().Select(finding =>
        {
            Assert.NotEqual("", finding.GetProperty("mend").GetString());
            return $"{finding.GetProperty("place")} {finding.GetProperty("problem")}";
        })];
    }
}
