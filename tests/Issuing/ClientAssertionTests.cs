using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Sallyport.Gateway.Redis;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Issuing;

/// <summary><c>private_key_jwt</c>, RFC 7523 section 3.</summary>
public sealed class ClientAssertionTests
{
    private const string Grant = "grant_type=client_credentials";

    [Theory]
    [InlineData("aud", "\"https://gateway.example.com\"")]
    [InlineData("aud", "\"https://gateway.example.com/oauth/token\"")]
    [InlineData("aud", "[\"https://gateway.example.com\", \"https://gateway.example.com/oauth/token\"]")]
    [InlineData("iat", null)]
    [InlineData("exp", "+300")]
    [InlineData("nbf", "+20")]
    [InlineData("exp", "-20")]
    public async Task An_assertion_of_the_client_proves_it(string claim, string? json)
    {
        // A clock that stands: on a busy machine the seconds that are left to an old one would pass.
        await using var house = await IssuingHouse.OpenAsync(clock: new FakeClock());

        var answer = await Ask(house, house.Assertion(claims => Set(house, claims, claim, json)));

        Assert.Equal("robot", (string?)answer.Claims["client_id"]);
    }

    [Theory]
    [InlineData("iss", null)]
    [InlineData("sub", null)]
    [InlineData("iss", "\"billing\"")]
    [InlineData("sub", "\"billing\"")]
    [InlineData("iss", "\"\"")]
    [InlineData("aud", null)]
    [InlineData("aud", "\"gateway\"")]
    [InlineData("aud", "[]")]
    [InlineData("aud", "\"https://gateway.example.com/\"")]
    [InlineData("aud", "\"http://gateway.example.com\"")]
    [InlineData("aud", "[\"https://gateway.example.com\", \"https://other.example.com\"]")]
    [InlineData("exp", null)]
    [InlineData("exp", "-31")]
    [InlineData("exp", "+3600")]
    [InlineData("exp", "\"9999999999\"")]
    [InlineData("exp", "1e99")]
    [InlineData("nbf", "+120")]
    [InlineData("iat", "+120")]
    [InlineData("jti", null)]
    [InlineData("jti", "\"\"")]
    [InlineData("jti", "7")]
    public async Task An_assertion_that_says_something_else_is_refused(string claim, string? json)
    {
        await using var house = await IssuingHouse.OpenAsync();

        var refused = await Ask(house, house.Assertion(claims => Set(house, claims, claim, json)));
        var accepted = await Ask(house, house.Assertion());

        Assert.Equal((401, "invalid_client"), (refused.Status, refused.Error));
        Assert.Equal(200, accepted.Status);
    }

    [Theory]
    [InlineData("at+jwt")]
    [InlineData("application/at+jwt")]
    [InlineData("audit+jws")]
    [InlineData("logout+jwt")]
    public async Task A_token_of_another_kind_is_no_assertion(string typ)
    {
        await using var house = await IssuingHouse.OpenAsync();

        Assert.Equal("invalid_client", (await Ask(house, house.Assertion(typ: typ))).Error);
        foreach (var good in (string?[])[null, "JWT", "client-authentication+jwt", "application/client-authentication+jwt"])
            Assert.Equal(200, (await Ask(house, house.Assertion(typ: good))).Status);
    }

    [Fact]
    public async Task Only_the_key_of_the_client_signs_for_it_and_only_by_its_own_algorithm()
    {
        await using var house = await IssuingHouse.OpenAsync();
        var claims = house.Assertion().Split('.')[1];
        var good = house.Assertion();

        Assert.Equal("invalid_client", (await Ask(house, house.Assertion(key: TestKey.New("ES256")))).Error);
        Assert.Equal("invalid_client", (await Ask(house, house.Assertion(key: TestKey.New("RS256")))).Error);
        Assert.Equal("invalid_client", (await Ask(house, house.Assertion(key: TestKey.New("HS256")))).Error);
        Assert.Equal("invalid_client", (await Ask(house, house.Assertion(kid: "c2"))).Error);
        Assert.Equal("invalid_client", (await Ask(house, TokenForge.Encode("""{"alg":"none"}""") + "." + claims + ".")).Error);
        Assert.Equal("invalid_client", (await Ask(house, TokenForge.Encode("""{"alg":"none"}""") + "." + claims + ".AAAA")).Error);
        Assert.Equal("invalid_client", (await Ask(house, TokenForge.Tampered(good))).Error);
        Assert.Equal("invalid_client", (await Ask(house, "x")).Error);
        Assert.Equal("invalid_client", (await Ask(house, new string('a', 9000))).Error);
        Assert.Equal("invalid_client", (await Ask(house, house.Assertion(c => { c["iss"] = "reader"; c["sub"] = "reader"; }))).Error);
        Assert.Equal(200, (await Ask(house, house.Assertion(kid: null))).Status);
        Assert.Equal(200, (await Ask(house, good)).Status);
    }

    [Theory]
    [InlineData("ES256")]
    [InlineData("RS256")]
    public async Task The_public_key_of_a_client_may_be_in_a_PEM_file(string algorithm)
    {
        var key = TestKey.New(algorithm);
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, algorithm == "ES256" ? key.Ecdsa.ExportSubjectPublicKeyInfoPem() : key.Rsa.ExportSubjectPublicKeyInfoPem());
        await using var house = await IssuingHouse.OpenAsync(json => json["Sallyport"]!["Issuer"]!["Clients"]!["robot"]!["Keys"] = new JsonObject { ["PemFile"] = file });

        Assert.Equal(200, (await Ask(house, house.Assertion(key: key, kid: "any"))).Status);
        Assert.Equal(401, (await Ask(house, house.Assertion(kid: "any"))).Status);
        File.Delete(file);
    }

    [Fact]
    public async Task The_type_of_the_assertion_must_be_the_one()
    {
        await using var house = await IssuingHouse.OpenAsync();
        var assertion = house.Assertion();

        Assert.Equal(401, (await house.Ask(house.Client, null, Grant, $"client_assertion={assertion}")).Status);
        Assert.Equal(401, (await house.Ask(house.Client, null, Grant, $"client_assertion={assertion}", "client_assertion_type=urn:ietf:params:oauth:client-assertion-type:saml2-bearer")).Status);
        Assert.Equal(200, (await Ask(house, assertion)).Status);
    }

    [Fact]
    public async Task An_assertion_is_good_once_only_however_many_come_at_once()
    {
        await using var house = await IssuingHouse.OpenAsync();
        var assertion = house.Assertion();

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Ask(house, assertion)));

        Assert.Single(answers, answer => answer.Status == 200);
        Assert.All(answers.Where(answer => answer.Status != 200), answer => Assert.Equal((401, "invalid_client"), (answer.Status, answer.Error)));
        Assert.Equal(200, (await Ask(house, house.Assertion())).Status);
    }

    [Fact]
    public async Task With_Redis_an_assertion_is_good_once_only_at_all_gateways_together()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var house = await IssuingHouse.OpenAsync(redis: redis);
        await using var second = await house.OpenSecondAsync();
        using var other = FrontDoors.Client(second);
        var assertion = house.Assertion();

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => house.Ask(i % 2 == 0 ? house.Client : other, null, [Grant, .. IssuingHouse.Proof(assertion)])));

        Assert.Single(answers, answer => answer.Status == 200);
        Assert.All(answers.Where(answer => answer.Status != 200), answer => Assert.Equal(401, answer.Status));
        // A jti is the client's own: another client may happen on it, and what lies in Redis shows neither.
        var keys = await redis.Command("KEYS sallyport:assertion:*");
        Assert.Equal("*1", keys);
        Assert.Equal(200, (await house.Ask(other, null, [Grant, .. IssuingHouse.Proof(house.Assertion())])).Status);
    }

    [Fact]
    public async Task Without_an_answer_of_Redis_no_assertion_is_taken_and_secrets_still_are()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var house = await IssuingHouse.OpenAsync(redis: redis);
        Assert.Equal(200, (await Ask(house, house.Assertion())).Status);

        await redis.Kill();
        var refused = await Ask(house, house.Assertion());
        var bySecret = await house.Ask("billing", Grant);
        Assert.Equal((503, "temporarily_unavailable"), (refused.Status, refused.Error));
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Equal(200, bySecret.Status);

        await redis.StartAgain();
        await Poll.Until(() => house.Gateway.Services.GetRequiredService<RedisConnection>().IsThere, TimeSpan.FromSeconds(30));
        Assert.Equal(200, (await Ask(house, house.Assertion())).Status);
    }

    private static Task<TokenAnswer> Ask(IssuingHouse house, string assertion) => house.Ask(house.Client, null, [Grant, .. IssuingHouse.Proof(assertion)]);

    // A number with a sign is seconds from now.
    private static void Set(IssuingHouse house, JsonObject claims, string claim, string? json)
    {
        if (json is null) claims.Remove(claim);
        else if (json[0] is '+' or '-') claims[claim] = house.House.Clock.GetUtcNow().ToUnixTimeSeconds() + long.Parse(json);
        else claims[claim] = JsonNode.Parse(json);
    }
}
