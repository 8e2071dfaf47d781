using System.Text.Json;
using System.Text.Json.Nodes;
using Sallyport.Gateway.Issuing;
using Sallyport.Policies;
using Sallyport.Tests.Federation;

namespace Sallyport.Tests.Issuing;

public sealed class FederationClaimsTests
{
    [Fact]
    [Trait("Acceptance", "B1")]
    public void The_claim_is_exactly_what_STS_reads_with_the_normalised_value()
    {
        Assert.Equal(
            """{"https://aws.amazon.com/tags":{"principal_tags":{"tenant":["acme"]},"transitive_tag_keys":["tenant"]}}""",
            Claim(OwnIssuer.Options(), OwnIssuer.Caller("\"org-ACME\"")));
    }

    [Fact]
    public void Without_a_transitive_tag_there_is_no_list_of_them()
    {
        var options = OwnIssuer.Options(OwnIssuer.Tenant(isTransitive: false));
        Assert.Equal("""{"https://aws.amazon.com/tags":{"principal_tags":{"tenant":["acme"]}}}""", Claim(options, OwnIssuer.Caller("\"acme\"")));
    }

    [Fact]
    public void Only_the_transitive_ones_of_several_tags_are_listed()
    {
        var options = OwnIssuer.Options(OwnIssuer.Tenant(), new FederatedTag("Raw", "org_id", null, IsLowerCase: false, IsTransitive: false));
        Assert.Equal(
            """{"https://aws.amazon.com/tags":{"principal_tags":{"tenant":["acme"],"Raw":["org-ACME"]},"transitive_tag_keys":["tenant"]}}""",
            Claim(options, OwnIssuer.Caller("\"org-ACME\"")));
    }

    [Theory]
    [InlineData("\"org-ACME\"", "acme")]
    [InlineData("\"ORG-ACME\"", "org-acme")]
    [InlineData("\"org-org-a\"", "org-a")]
    [InlineData("\"a b\"", "a b")]
    [InlineData("\"a_.:/=+-@9\"", "a_.:/=+-@9")]
    [InlineData("\"Zürich\"", "zürich")]
    [InlineData("\"東京\"", "東京")]
    [InlineData("\"\\ud840\\udc00\"", "\U00020000")]
    [InlineData("\"I\"", "i")]
    [InlineData("[\"org-Acme\"]", "acme")]
    [InlineData("4711", "4711")]
    [InlineData("0", "0")]
    public void Good_values_are_normalised(string claim, string expected)
    {
        using var parsed = JsonDocument.Parse(Claim(OwnIssuer.Options(), OwnIssuer.Caller(claim))!);
        Assert.Equal(expected, parsed.RootElement.GetProperty(FederationClaims.Name).GetProperty("principal_tags").GetProperty("tenant")[0].GetString());
    }

    [Theory]
    [Trait("Acceptance", "B2")]
    [InlineData(null, FederationRefusal.TagMissing)]
    [InlineData("null", FederationRefusal.TagMissing)]
    [InlineData("\"\"", FederationRefusal.TagEmpty)]
    [InlineData("\"  \"", FederationRefusal.TagEmpty)]
    [InlineData("\"\\u00a0\\u3000\"", FederationRefusal.TagEmpty)]
    [InlineData("\"org-\"", FederationRefusal.TagEmpty)]
    [InlineData("\"org- \"", FederationRefusal.TagEmpty)]
    [InlineData("\"acme \"", FederationRefusal.TagCharacters)]
    [InlineData("\"org- acme\"", FederationRefusal.TagCharacters)]
    [InlineData("\"acme*\"", FederationRefusal.TagCharacters)]
    [InlineData("\"acme?\"", FederationRefusal.TagCharacters)]
    [InlineData("\"${aws:userid}\"", FederationRefusal.TagCharacters)]
    [InlineData("\"acme,other\"", FederationRefusal.TagCharacters)]
    [InlineData("\"acme\\u0000\"", FederationRefusal.TagCharacters)]
    [InlineData("\"ac\\nme\"", FederationRefusal.TagCharacters)]
    [InlineData("\"ac\\u2028me\"", FederationRefusal.TagCharacters)]
    [InlineData("\"acm\\u200be\"", FederationRefusal.TagCharacters)]
    [InlineData("\"cafe\\u0301\"", FederationRefusal.TagCharacters)]
    [InlineData("\"\\ud83d\\ude00\"", FederationRefusal.TagCharacters)]
    [InlineData("\"aws:tenant\"", FederationRefusal.TagCharacters)]
    [InlineData("\"AWS:tenant\"", FederationRefusal.TagCharacters)]
    [InlineData("[\"acme\",\"other\"]", FederationRefusal.TagKind)]
    [InlineData("[\"acme\",null]", FederationRefusal.TagKind)]
    [InlineData("[[\"acme\"]]", FederationRefusal.TagKind)]
    [InlineData("[1]", FederationRefusal.TagKind)]
    [InlineData("[]", FederationRefusal.TagKind)]
    [InlineData("{\"id\":\"acme\"}", FederationRefusal.TagKind)]
    [InlineData("true", FederationRefusal.TagKind)]
    [InlineData("7.0", FederationRefusal.TagKind)]
    [InlineData("7e0", FederationRefusal.TagKind)]
    [InlineData("-7", FederationRefusal.TagKind)]
    public void A_value_that_is_no_tag_is_refused_with_a_fixed_reason(string? claim, string reason)
    {
        Assert.NotNull(Claim(OwnIssuer.Options(), OwnIssuer.Caller("\"acme\"")));

        Assert.Null(FederationClaims.Read(OwnIssuer.Options(), OwnIssuer.Caller(claim), out var refusal));
        Assert.Equal(reason, refusal!.Reason);
        Assert.Equal("invalid_request", refusal.Error);
        Assert.Contains("'org_id'", refusal.Description);
        Assert.DoesNotContain("acme", refusal.Description, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    [Trait("Acceptance", "B2")]
    public void A_value_of_256_characters_passes_and_one_of_257_does_not()
    {
        Assert.NotNull(Claim(OwnIssuer.Options(), OwnIssuer.Caller($"\"org-{new string('a', 256)}\"")));
        Assert.Null(FederationClaims.Read(OwnIssuer.Options(), OwnIssuer.Caller($"\"{new string('a', 257)}\""), out var refusal));
        Assert.Equal(FederationRefusal.TagTooLong, refusal!.Reason);
    }

    [Fact]
    public void One_bad_tag_of_two_refuses_all()
    {
        var options = OwnIssuer.Options(OwnIssuer.Tenant(), OwnIssuer.Tenant("team", "team"));
        Assert.Null(FederationClaims.Read(options, OwnIssuer.Caller("\"acme\""), out var refusal));
        Assert.Equal(FederationRefusal.TagMissing, refusal!.Reason);
        Assert.Contains("'team'", refusal.Description);
    }

    [Fact]
    public void Tags_that_fit_one_by_one_but_not_into_a_token_are_refused()
    {
        var tags = Enumerable.Range(0, FederationLimits.MaxTags).Select(i => OwnIssuer.Tenant($"tag{i}")).ToArray();
        Assert.NotNull(Claim(OwnIssuer.Options(tags), OwnIssuer.Caller($"\"{new string('a', 100)}\"")));
        Assert.Null(FederationClaims.Read(OwnIssuer.Options(tags), OwnIssuer.Caller($"\"{new string('a', 256)}\""), out var refusal));
        Assert.Equal(FederationRefusal.TooLarge, refusal!.Reason);
    }

    private static string? Claim(FederationOptions federation, Principal subject)
    {
        var claims = FederationClaims.Read(federation, subject, out var refusal);
        Assert.Null(refusal);
        var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            claims!.WriteTo(writer);
            writer.WriteEndObject();
        }

        // As any parser sees it: escapes undone.
        return JsonNode.Parse(json.ToArray())!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }
}
