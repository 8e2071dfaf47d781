using System.Text.Json.Nodes;
using Sallyport.Gateway.Configuration;
using Sallyport.Gateway.Issuing;

namespace Sallyport.Tests.Configuration;

public sealed class FederationSectionTests
{
    private const string Good = """
        { "sts.amazonaws.com": { "Tags": {
            "tenant": { "Claim": "org_id", "StripPrefix": "org-", "LowerCase": true, "Transitive": true },
            "cost/center": { "Claim": "https://example.com/cc" } }, "Lifetime": "00:10:00" } }
        """;

    [Fact]
    public void A_section_without_mistakes_says_what_it_says()
    {
        var federation = Assert.Single(Read(Good, out var mistakes));
        Assert.Empty(mistakes);
        Assert.Equal("sts.amazonaws.com", federation.Audience);
        Assert.Equal(TimeSpan.FromMinutes(10), federation.Lifetime);
        Assert.Equal(
            [new("cost/center", "https://example.com/cc", null, false, false), new("tenant", "org_id", "org-", true, true)],
            federation.Tags.OrderBy(tag => tag.Key, StringComparer.Ordinal));
    }

    [Fact]
    public void A_life_that_is_not_given_is_five_minutes()
    {
        var federation = Assert.Single(Read("""{ "sts.amazonaws.com": { "Tags": { "tenant": { "Claim": "org_id" } } } }""", out var mistakes));
        Assert.Empty(mistakes);
        Assert.Equal(TimeSpan.FromMinutes(5), federation.Lifetime);
    }

    [Theory]
    [InlineData("""{ "sts": {} }""", "$.Federation.sts.Tags")]
    [InlineData("""{ "sts": { "Tags": {} } }""", "$.Federation.sts.Tags")]
    [InlineData("""{ "sts": { "Tags": { "tenant": {} } } }""", "$.Federation.sts.Tags.tenant.Claim")]
    [InlineData("""{ "sts": { "Tags": { "tenant": { "Claim": "" } } } }""", "$.Federation.sts.Tags.tenant.Claim")]
    [InlineData("""{ "sts": { "Tags": { "tenant": { "Claim": "c", "Lowercased": true } } } }""", "$.Federation.sts.Tags.tenant.Lowercased")]
    [InlineData("""{ "sts": { "Tags": { "tenant": { "Claim": "c", "StripPrefix": "" } } } }""", "$.Federation.sts.Tags.tenant.StripPrefix")]
    [InlineData("""{ "sts": { "Tags": { "tenant": { "Claim": "c", "LowerCase": "yes" } } } }""", "$.Federation.sts.Tags.tenant.LowerCase")]
    [InlineData("""{ "sts": { "Tags": { "ten*nt": { "Claim": "c" } } } }""", "$.Federation.sts.Tags['ten*nt']")]
    [InlineData("""{ "sts": { "Tags": { " tenant": { "Claim": "c" } } } }""", "$.Federation.sts.Tags[' tenant']")]
    [InlineData("""{ "sts": { "Tags": { "aws": { "Claim": "c" } } } }""", "$.Federation.sts.Tags.aws")]
    [InlineData("""{ "sts": { "Tags": { "tenant": { "Claim": "c" } }, "Lifetime": "00:00:59" } }""", "$.Federation.sts.Lifetime")]
    [InlineData("""{ "sts": { "Tags": { "tenant": { "Claim": "c" } }, "Lifetime": "01:00:01" } }""", "$.Federation.sts.Lifetime")]
    [InlineData("""{ "sts": { "Tags": { "tenant": { "Claim": "c" } }, "Life": "00:05:00" } }""", "$.Federation.sts.Life")]
    public void A_mistake_has_its_place_and_a_mend(string json, string path)
    {
        Read(json, out var mistakes);
        var mistake = Assert.Single(mistakes);
        Assert.Equal(path, mistake.Path);
        Assert.NotEmpty(mistake.Mend);
    }

    [Theory]
    [InlineData(50, 128, true)]
    [InlineData(51, 128, false)]
    [InlineData(1, 129, false)]
    public void The_limits_of_AWS_are_those_of_the_section(int tags, int keyLength, bool isGood)
    {
        var entries = new JsonObject();
        for (var i = 0; i < tags; i++) entries[$"{i:00}{new string('k', keyLength - 2)}"] = new JsonObject { ["Claim"] = "c" };
        Read(new JsonObject { ["sts"] = new JsonObject { ["Tags"] = entries } }.ToJsonString(), out var mistakes);
        Assert.Equal(isGood ? 0 : 1, mistakes.Count);
    }

    [Fact]
    public void Two_tags_that_differ_in_casing_only_are_a_mistake()
    {
        Assert.Throws<FormatException>(() => Read("""{ "sts": { "Tags": { "tenant": { "Claim": "a" }, "Tenant": { "Claim": "b" } } } }""", out _));
    }

    private static IReadOnlyList<FederationOptions> Read(string json, out List<Mistake> mistakes)
    {
        mistakes = [];
        var root = Sample.Root($$"""{ "Federation": {{json}} }""");
        return FederationSection.Read(SectionReader.Of(root.GetSection("Federation"), JsonPath.Root.Member("Federation"), mistakes));
    }
}
