using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Configuration;

public partial class DocumentationTests
{
    /// <summary>A key that nobody knows, put into each section in turn, is answered with all the keys that are known there.</summary>
    [Theory]
    [InlineData("Sallyport", 12)]
    [InlineData("Sallyport TrustedIssuers corp", 9)]
    [InlineData("Sallyport TrustedIssuers corp Keys", 12)]
    [InlineData("Sallyport Issuer", 9)]
    [InlineData("Sallyport Issuer Keys", 6)]
    [InlineData("Sallyport Issuer Keys AwsKms", 6)]
    [InlineData("Sallyport Issuer Keys KeyEncryptionKey", 2)]
    [InlineData("Sallyport Issuer Clients billing", 7)]
    [InlineData("Sallyport Issuer Clients billing Keys", 2)]
    [InlineData("Sallyport Issuer Assertions", 3)]
    [InlineData("Sallyport Issuer Federation sts", 2)]
    [InlineData("Sallyport Issuer Federation sts Tags tenant", 4)]
    [InlineData("Sallyport Identity", 5)]
    [InlineData("Sallyport Identity Files", 3)]
    [InlineData("Sallyport Audit", 4)]
    [InlineData("Sallyport Policies orders-read", 10)]
    [InlineData("Sallyport Policies orders-read Scopes", 2)]
    [InlineData("Sallyport Policies orders-read Tenant", 2)]
    [InlineData("Sallyport Policies browser Token", 2)]
    [InlineData("Sallyport Forwarding", 5)]
    [InlineData("Sallyport Redis", 4)]
    [InlineData("Sallyport Redis MacKey", 2)]
    [InlineData("Sallyport Revocation", 1)]
    [InlineData("Sallyport VerifiedTokens", 3)]
    [InlineData("Sallyport Admin", 1)]
    [InlineData("Sallyport Telemetry", 2)]
    [InlineData("Sallyport Demonstration", 2)]
    [InlineData("Sallyport Demonstration Requests 0", 3)]
    public void Every_key_that_the_reader_knows_stands_in_the_documentation(string section, int count)
    {
        var documentation = File.ReadAllText(Path.Combine(RepositoryFolder.Path, "docs", "configuration.md"));

        var mistake = Sample.Read(Sample.With(section + " qqqqqqqqqqqqqqqqqq", "1")).Mistakes.Single(mistake => mistake.Path.EndsWith(".qqqqqqqqqqqqqqqqqq", StringComparison.Ordinal));

        var known = mistake.Mend["Known here: ".Length..^1].Split(", ");
        Assert.Equal(count, known.Length);
        Assert.All(known, key => Assert.Contains($"`{key}`", documentation, StringComparison.Ordinal));
    }

    [Fact]
    public void The_examples_in_the_documentation_read_without_mistakes()
    {
        var documentation = File.ReadAllText(Path.Combine(RepositoryFolder.Path, "docs", "configuration.md"));
        var examples = JsonExample().Matches(documentation).Select(match => match.Groups["json"].Value).Where(json => json.TrimStart().StartsWith('{')).ToList();

        Assert.NotEmpty(examples);
        Assert.All(examples, json => Assert.Empty(Sample.Read(json, "Production").Mistakes));
        Assert.NotEmpty(Sample.Read(JsonNode.Parse("""{"Sallyport":{"Example":1}}""")!).Mistakes);
    }

    [GeneratedRegex("```json\n(?<json>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex JsonExample();
}
