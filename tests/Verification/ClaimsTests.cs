using System.Net;
using System.Text.Json.Nodes;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Verification;

public sealed class ClaimsTests
{
    public static TheoryData<string, string?, string> Faults => new()
    {
        { "iss", null, "issuer_missing" },
        { "iss", "\"https://elsewhere.example\"", "issuer_unknown" },
        { "iss", "[\"https://elsewhere.example\"]", "claims_malformed" },
        { "aud", null, "audience_missing" },
        { "aud", "[]", "audience_missing" },
        { "aud", "\"other\"", "audience_mismatch" },
        { "aud", "[\"other\", \"API\"]", "audience_mismatch" },
        { "aud", "{\"api\": true}", "claims_malformed" },
        { "exp", null, "expiry_missing" },
        { "exp", "\"9999999999\"", "claims_malformed" },
        { "exp", "null", "claims_malformed" },
        { "exp", "1e400", "claims_malformed" },
        { "exp", "-1", "claims_malformed" },
        { "exp", "253402300799", "lifetime_too_long" },
        { "sub", null, "subject_missing" },
        { "sub", "\"\"", "subject_missing" },
        { "sub", "7", "claims_malformed" },
        { "iat", "253402300799", "issued_in_future" },
        { "nbf", "253402300799", "token_not_yet_valid" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    [Trait("Acceptance", "D8")]
    public async Task A_claim_that_is_missing_or_wrong_is_refused(string claim, string? value, string reason)
    {
        await using var house = await House.OpenAsync();
        Assert.Equal(HttpStatusCode.OK, (await house.Get("/any", house.Token())).StatusCode);

        // By text: JsonNode would not write some of these values.
        var claims = house.Claims(c => c.Remove(claim)).ToJsonString();
        if (value is not null) claims = $"{claims[..^1]},\"{claim}\":{value}}}";
        var token = house.Key.Sign("""{"alg":"ES256","kid":"k1","typ":"JWT"}""", claims);
        Assert.Equal((401, reason), await House.Problem(await house.Get("/any", token)));
        Assert.Single(house.Upstream.Requests);
    }

    [Theory]
    [InlineData("exp", -29, true)]
    [InlineData("exp", -31, false)]
    [InlineData("nbf", 29, true)]
    [InlineData("nbf", 31, false)]
    [InlineData("iat", 29, true)]
    [InlineData("iat", 31, false)]
    [Trait("Acceptance", "D8")]
    public async Task The_clock_skew_is_the_bound_of_every_time(string claim, int seconds, bool isAccepted)
    {
        var clock = new FakeClock();
        await using var house = await House.OpenAsync(clock: clock);
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        var response = await house.Get("/any", house.Token(c => c[claim] = now + seconds));
        Assert.Equal(isAccepted ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Theory]
    [InlineData(24 * 3600, true)]
    [InlineData((24 * 3600) + 1, false)]
    [Trait("Acceptance", "D8")]
    public async Task A_lifetime_over_the_issuers_maximum_is_refused(int seconds, bool isAccepted)
    {
        await using var house = await House.OpenAsync();
        var response = await house.Get("/any", house.Token(c => c["exp"] = (long)c["iat"]! + seconds));
        Assert.Equal(isAccepted ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task A_required_claim_must_be_there_and_say_something()
    {
        await using var house = await House.OpenAsync(json => json["Sallyport"]!["TrustedIssuers"]!["corp"]!["RequiredClaims"] = new JsonArray("org_id"));
        Assert.Equal(HttpStatusCode.OK, (await house.Get("/any", house.Token(c => c["org_id"] = "acme"))).StatusCode);
        foreach (var value in new JsonNode?[] { null, "" })
            Assert.Equal((401, "required_claim_missing"), await House.Problem(await house.Get("/any", house.Token(c => c["org_id"] = value))));
        Assert.Equal((401, "required_claim_missing"), await House.Problem(await house.Get("/any", house.Token())));
    }

    [Theory]
    [InlineData("JWT", true)]
    [InlineData("jwt", true)]
    [InlineData("at+jwt", true)]
    [InlineData("application/at+jwt", true)]
    [InlineData(null, true)]
    [InlineData("audit+jws", false)]
    [InlineData("key-endorsement+jws", false)]
    [InlineData("logout+jwt", false)]
    public async Task The_type_must_be_one_of_the_issuers(string? typ, bool isAccepted)
    {
        await using var house = await House.OpenAsync();
        var response = await house.Get("/any", house.Token(typ: typ));
        Assert.Equal(isAccepted ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task An_absent_type_is_no_access_token_where_only_those_are_accepted()
    {
        await using var house = await House.OpenAsync(json => json["Sallyport"]!["TrustedIssuers"]!["corp"]!["Types"] = new JsonArray("at+jwt"));
        Assert.Equal(HttpStatusCode.OK, (await house.Get("/any", house.Token(typ: "at+jwt"))).StatusCode);
        Assert.Equal((401, "type_not_allowed"), await House.Problem(await house.Get("/any", house.Token(typ: null))));
    }

    [Fact]
    public async Task A_cached_token_ends_with_its_expiry()
    {
        var clock = new FakeClock();
        await using var house = await House.OpenAsync(clock: clock);
        var token = house.Token();
        Assert.Equal(HttpStatusCode.OK, (await house.Get("/any", token)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await house.Get("/any", token)).StatusCode);
        clock.Advance(TimeSpan.FromSeconds(629));
        Assert.Equal(HttpStatusCode.OK, (await house.Get("/any", token)).StatusCode);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((401, "token_expired"), await House.Problem(await house.Get("/any", token)));
    }
}
