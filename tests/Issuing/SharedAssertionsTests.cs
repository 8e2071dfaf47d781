using System.Net;
using System.Text.Json.Nodes;
using Sallyport.Gateway.Issuing;
using Sallyport.Gateway.Verification;
using Sallyport.Tests.Revocation;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Issuing;

/// <summary>Two tokens of one caller need one signature, and neither gets what the other may not have.</summary>
public sealed class SharedAssertionsTests
{
    private const string Header = "X-Auth-Assertion";

    private readonly FakeClock _clock = new();

    [Fact]
    public async Task Tokens_of_one_caller_that_say_the_same_share_one_assertion()
    {
        await using var house = await InnerDoor.OpenAsync(clock: _clock);
        var first = await Asserted(house, house.Token(Lasting(600, "one")));
        Assert.Equal(first, await Asserted(house, house.Token(Lasting(900, "two"))));
        Assert.Equal(first, await Asserted(house, house.Token(Lasting(300, "three"))));
        Assert.Equal(1, house.Signed());

        // As long as it is not about to be renewed.
        _clock.Advance(TimeSpan.FromSeconds(91));
        var renewed = await Asserted(house, house.Token(Lasting(600, "four")));
        Assert.NotEqual(first, renewed);
        Assert.Equal(2, house.Signed());
        Assert.Equal(renewed, await Asserted(house, house.Token(Lasting(600, "five"))));
    }

    [Theory]
    [InlineData("sub", "\"bob\"")]
    [InlineData("scope", "\"orders:read\"")]
    [InlineData("client_id", "\"shop\"")]
    [InlineData("act", """{"sub":"support"}""")]
    [InlineData("org_id", "\"acme\"")]
    public async Task Whatever_else_is_to_be_said_is_signed_by_itself(string claim, string value)
    {
        await using var house = await InnerDoor.OpenAsync(json => json["Sallyport"]!["Issuer"]!["Assertions"] = JsonNode.Parse("""{ "Claims": { "org": "org_id" } }"""), _clock);
        var plain = await Asserted(house, house.Token(Lasting(600, "one")));
        var other = await Asserted(house, house.Token(claims =>
        {
            Lasting(600, "two")(claims);
            claims[claim] = JsonNode.Parse(value);
        }));

        Assert.NotEqual(plain, other);
        Assert.Equal(2, house.Signed());
        // What is not said in it makes no difference.
        Assert.Equal(plain, await Asserted(house, house.Token(claims =>
        {
            Lasting(600, "three")(claims);
            claims["email"] = "alice@example.com";
        })));
    }

    [Fact]
    [Trait("Acceptance", "C10")]
    public async Task None_outlives_the_token_that_it_is_sent_for()
    {
        await using var house = await InnerDoor.OpenAsync(clock: _clock);
        var shared = await Asserted(house, house.Token(Lasting(600, "one")));
        var brief = house.Token(Lasting(50, "two"));
        var own = await Asserted(house, brief);

        Assert.NotEqual(shared, own);
        Assert.Equal(_clock.GetUtcNow().ToUnixTimeSeconds() + 50, (long)InnerDoor.Part(own, 1)["exp"]!);
        // The brief one does not take the place of the other, and is kept with its own token.
        Assert.Equal(shared, await Asserted(house, house.Token(Lasting(600, "three"))));
        Assert.Equal(own, await Asserted(house, brief));
        Assert.Equal(2, house.Signed());
    }

    [Fact]
    public async Task One_that_was_cut_short_for_one_token_is_not_all_that_another_gets()
    {
        await using var house = await InnerDoor.OpenAsync(clock: _clock);
        await Asserted(house, house.Token(Lasting(50, "one")));
        var token = house.Token(Lasting(600, "two"));
        await Asserted(house, token);

        // Less than what an upstream needs is left of the first.
        _clock.Advance(TimeSpan.FromSeconds(40));
        var later = InnerDoor.Part(await Asserted(house, token), 1);
        Assert.True((long)later["exp"]! - _clock.GetUtcNow().ToUnixTimeSeconds() >= 30);
    }

    [Fact]
    public async Task A_revoked_token_gets_nothing_and_the_other_one_keeps_what_they_shared()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var house = await InnerDoor.OpenAsync(json => Revoker.Share(json, redis));
        await using var revoker = await Revoker.StartAsync(redis);
        var (revoked, other) = (house.Token(claims => claims["jti"] = "one"), house.Token(claims => claims["jti"] = "two"));
        var shared = await Asserted(house, revoked);
        Assert.Equal(shared, await Asserted(house, other));

        await revoker.Revoke(Revoker.Record("one", issuer: house.Issuer.Issuer));
        await Poll.Until(async () => (await house.Get("/any", revoked)).StatusCode == HttpStatusCode.Unauthorized);

        Assert.Equal(shared, await Asserted(house, other));
        Assert.Equal((401, "token_revoked"), await House.Problem(await house.Get("/any", revoked)));
        Assert.Equal(1, house.Signed());
    }

    [Fact]
    [Trait("Acceptance", "C8")]
    public async Task After_its_key_was_replaced_no_other_token_gets_the_old_one()
    {
        await using var house = await InnerDoor.OpenAsync();
        var before = await Asserted(house, house.Token(claims => claims["jti"] = "one"));
        await house.ReplaceKeyAsync();

        var after = await Asserted(house, house.Token(claims => claims["jti"] = "two"));
        Assert.NotEqual(InnerDoor.KidOf(before), InnerDoor.KidOf(after));
        Assert.Equal(house.Keys().Current!.Active!.Key.KeyId, InnerDoor.KidOf(after));
    }

    [Fact]
    public async Task Of_many_tokens_of_one_caller_that_come_at_once_one_signs()
    {
        await using var house = await InnerDoor.OpenAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => house.Get("/any", house.Token(claims => claims["jti"] = $"j{i}"))));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        // Tokens made in different seconds end in different ones, and none outlives its own.
        Assert.InRange(house.Signed(), 1, 5);
    }

    [Fact]
    public void What_is_kept_is_bounded()
    {
        var shared = new SharedAssertions();
        var first = shared.Of(TokenDigest.Of("0"));
        for (var i = 1; i < 3 * SharedAssertions.MostEntries; i++)
        {
            shared.Of(TokenDigest.Of($"{i}"));
            // What is in use is not forgotten.
            Assert.Same(first, shared.Of(TokenDigest.Of("0")));
        }

        Assert.InRange(shared.Count, SharedAssertions.MostEntries, 2 * SharedAssertions.MostEntries);
        Assert.NotSame(first, new SharedAssertions().Of(TokenDigest.Of("0")));
    }

    private static Action<JsonObject> Lasting(int seconds, string id) => claims => (claims["exp"], claims["jti"]) = ((long)claims["iat"]! + seconds, id);

    private static async Task<string> Asserted(House house, string token)
    {
        using var answer = await house.Get("/any", token);
        Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        return house.Upstream.Requests[^1].Header(Header)!;
    }
}
