using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Sallyport.Gateway.Keys;
using Sallyport.Tests.Configuration;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Kms;

/// <summary>What docs/aws-kms.md shows, tried.</summary>
public sealed partial class KmsPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(RepositoryFolder.Path, "docs", "aws-kms.md"));

    [Fact]
    public void The_configuration_reads_without_mistakes()
    {
        var secret = Path.GetTempFileName();
        File.WriteAllText(secret, Convert.ToHexString(RandomNumberGenerator.GetBytes(32)));
        var json = (JsonObject)JsonNode.Parse("{" + SecretFile().Replace(Json().Matches(Page)[0].Groups["json"].Value, $"\"{secret}\"") + "}")!;

        var (options, mistakes) = Sample.Read(json, "Production");

        Assert.Empty(mistakes);
        Assert.Equal(KeyStoreKind.AwsKms, options!.Issuer!.Keys.Store);
        File.Delete(secret);
    }

    [Fact]
    public async Task The_policy_allows_what_a_gateway_asks_for_and_nothing_else()
    {
        await using var kms = await KmsServer.StartAsync();
        await using var process = KmsProcess.Of(kms, new MemoryKeyStore(TimeProvider.System));
        await process.StepAsync();
        await process.SignsAsync();
        // A dry run wants the same right; tags come with the request that makes the key.
        var asked = kms.Requests.Select(request => "kms:" + request.Operation.Replace("DryRun", "", StringComparison.Ordinal)).Append("kms:TagResource");

        var policy = JsonNode.Parse(Json().Matches(Page).Select(match => match.Groups["json"].Value).Single(json => json.Contains("Statement", StringComparison.Ordinal)))!;
        var allowed = policy["Statement"]!.AsArray().SelectMany(statement => statement!["Action"] is JsonArray several ? several.Select(action => (string)action!) : [(string)statement["Action"]!]);

        Assert.Equal(asked.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal), allowed.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        Assert.All(policy["Statement"]!.AsArray(), statement => Assert.Equal("Allow", (string?)statement!["Effect"]));
    }

    [GeneratedRegex("```json\n(?<json>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Json();

    [GeneratedRegex("\"/run/secrets/[a-z-]+\"")]
    private static partial Regex SecretFile();
}
