using System.Text.Json.Nodes;
using Sallyport.Gateway.Issuing;
using Sallyport.Tests.Issuing;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Federation;

public sealed class FederationExchangeTests
{
    [Fact]
    [Trait("Acceptance", "B1")]
    public async Task A_token_exchanged_for_STS_carries_the_tag_and_discovery_lists_the_claim()
    {
        await using var house = await FederationHouse.OpenAsync();
        var answer = await house.Exchange(claims => claims["org_id"] = "org-ACME");

        Assert.Equal(200, answer.Status);
        Assert.Equal("N_A", (string?)answer.Body["token_type"]);
        Assert.Equal(TokenExchangeGrant.JwtType, (string?)answer.Body["issued_token_type"]);
        Assert.Equal("""{"principal_tags":{"tenant":["acme"]},"transitive_tag_keys":["tenant"]}""", answer.Claims[FederationClaims.Name]!.ToJsonString());
        Assert.Equal(["aud", "exp", FederationClaims.Name, "iat", "iss", "jti", "sub"], answer.Claims.Select(claim => claim.Key).Order(StringComparer.Ordinal));
        Assert.Equal(OwnIssuer.Audience, (string?)answer.Claims["aud"]);
        Assert.Equal("JWT", (string?)answer.Header["typ"]);

        var discovery = JsonNode.Parse(await house.House.Client.GetStringAsync("/.well-known/openid-configuration"))!;
        Assert.Contains(FederationClaims.Name, discovery["claims_supported"]!.AsArray().Select(claim => (string?)claim));
    }

    [Theory]
    [Trait("Acceptance", "B2")]
    [InlineData(null, FederationRefusal.TagMissing)]
    [InlineData("\"\"", FederationRefusal.TagEmpty)]
    [InlineData("\" \"", FederationRefusal.TagEmpty)]
    [InlineData("\"org-\"", FederationRefusal.TagEmpty)]
    [InlineData("\"a*\"", FederationRefusal.TagCharacters)]
    [InlineData("[\"a\",\"b\"]", FederationRefusal.TagKind)]
    [InlineData("{}", FederationRefusal.TagKind)]
    public async Task A_value_that_is_no_tag_gets_no_token_but_an_audit_record(string? value, string reason)
    {
        await using var house = await FederationHouse.OpenAsync();
        Assert.Equal(200, (await house.Exchange(claims => claims["org_id"] = "acme")).Status);

        var refused = await house.Exchange(claims =>
        {
            if (value is not null) claims["org_id"] = JsonNode.Parse(value);
        });
        Refused(house, refused, "invalid_request", reason);
    }

    [Fact]
    [Trait("Acceptance", "B2")]
    public async Task A_value_of_257_characters_gets_no_token()
    {
        await using var house = await FederationHouse.OpenAsync();
        Assert.Equal(200, (await house.Exchange(claims => claims["org_id"] = new string('a', 256))).Status);
        Refused(house, await house.Exchange(claims => claims["org_id"] = new string('a', 257)), "invalid_request", FederationRefusal.TagTooLong);
    }

    [Fact]
    [Trait("Acceptance", "B3")]
    public async Task While_a_key_of_EdDSA_is_active_STS_is_refused_and_others_are_not()
    {
        await using var house = await FederationHouse.OpenAsync();
        Assert.Equal(200, (await house.Exchange(claims => claims["org_id"] = "acme")).Status);

        house.House.Keys.Publish(OwnRing.Of("EdDSA", TimeProvider.System.GetUtcNow().AddDays(1)));
        Refused(house, await house.Exchange(claims => claims["org_id"] = "acme"), "invalid_target", FederationRefusal.Algorithm);
        Assert.Equal(200, (await house.Exchange(claims => claims["org_id"] = "acme", "orders")).Status);
    }

    [Fact]
    public async Task A_token_for_STS_is_for_nobody_else()
    {
        await using var house = await FederationHouse.OpenAsync();
        var refused = await house.Exchange(claims => claims["org_id"] = "acme", OwnIssuer.Audience, "orders");
        Assert.Equal((400, "invalid_target"), (refused.Status, refused.Error));
    }

    private static void Refused(FederationHouse house, TokenAnswer answer, string error, string reason)
    {
        Assert.Equal((400, error), (answer.Status, answer.Error));
        Assert.Null(answer.Body["access_token"]);
        var record = Assert.Single(house.House.Gateway.Logs.Entries, entry => entry.Message.Contains("\"token_refused\"", StringComparison.Ordinal));
        Assert.Contains($"\"{reason}\"", record.Message);
        Assert.Contains("\"billing\"", record.Message);
    }
}
