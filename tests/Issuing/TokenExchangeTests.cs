using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Sallyport.Gateway.Issuing;
using Sallyport.Gateway.Revocation;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Issuing;

/// <summary>RFC 8693: what a client may make of a token that it was handed, and what it may not.</summary>
public sealed class TokenExchangeTests
{
    private const string Grant = "grant_type=" + TokenExchangeGrant.Name;
    private const string Type = "subject_token_type=" + TokenExchangeGrant.AccessTokenType;

    [Fact]
    public async Task A_foreign_token_becomes_one_of_ours_for_the_same_subject_by_the_hand_of_the_client()
    {
        await using var house = await IssuingHouse.OpenAsync();

        var answer = await Exchange(house, house.House.Token(claims => claims["scope"] = "orders:read profile"), "audience=payments");

        Assert.Equal(200, answer.Status);
        Assert.Equal(TokenExchangeGrant.AccessTokenType, (string?)answer.Body["issued_token_type"]);
        Assert.Equal("Bearer", (string?)answer.Body["token_type"]);
        Assert.Equal("orders:read", (string?)answer.Body["scope"]);
        Assert.Equal("at+jwt", (string?)answer.Header["typ"]);
        var claims = answer.Claims;
        Assert.Equal(["iss", "sub", "aud", "iat", "exp", "jti", "client_id", "scope", "sub_id", "act"], claims.Select(claim => claim.Key));
        Assert.Equal("alice", (string?)claims["sub"]);
        Assert.Equal("payments", (string?)claims["aud"]);
        Assert.Equal("billing", (string?)claims["client_id"]);
        Assert.Equal("orders:read", (string?)claims["scope"]);
        Assert.Equal($$"""{"format":"iss_sub","iss":"{{house.House.Issuer.Issuer}}","sub":"alice"}""", claims["sub_id"]!.ToJsonString());
        Assert.Equal("""{"sub":"billing"}""", claims["act"]!.ToJsonString());
        Assert.Matches("\"iat\":[0-9]{10},\"exp\":[0-9]{10},", answer.RawClaims);
    }

    [Fact]
    public async Task A_token_of_ours_keeps_where_its_subject_comes_from_and_whose_hands_it_passed_through()
    {
        await using var house = await IssuingHouse.OpenAsync();
        var first = await Exchange(house, house.House.Token(claims => claims["scope"] = "orders:read"), "audience=gateway");

        var second = await Ask(house, "robot", first.Token);

        Assert.Equal("alice", (string?)second.Claims["sub"]);
        Assert.Equal("orders", (string?)second.Claims["aud"]);
        Assert.Equal("""{"sub":"robot","act":{"sub":"billing"}}""", second.Claims["act"]!.ToJsonString());
        Assert.Equal(first.Claims["sub_id"]!.ToJsonString(), second.Claims["sub_id"]!.ToJsonString());
        Assert.True((long)second.Claims["exp"]! <= (long)first.Claims["exp"]!);
    }

    [Theory]
    [InlineData("invalid_target", "audience=stock")]
    [InlineData("invalid_target", "audience=orders", "audience=stock")]
    [InlineData("invalid_target", "audience=alice")]
    [InlineData("invalid_target", "resource=https://api.example.com/v2")]
    [InlineData("invalid_scope", "scope=orders:write")]
    [InlineData("invalid_scope", "scope=profile")]
    [InlineData("invalid_scope", "scope=orders:read orders:write")]
    [InlineData("invalid_scope", "scope=orders:read profile")]
    public async Task Nothing_gets_wider_than_both_the_client_and_the_subjects_token_have(string error, params string[] fields)
    {
        await using var house = await IssuingHouse.OpenAsync();
        var token = house.House.Token(claims => claims["scope"] = "orders:read profile");

        var refused = await Exchange(house, token, fields);
        var accepted = await Exchange(house, token, "audience=orders", "scope=orders:read");

        Assert.Equal((400, error), (refused.Status, refused.Error));
        Assert.Equal("orders:read", (string?)accepted.Claims["scope"]);
    }

    [Fact]
    public async Task A_token_without_scope_never_becomes_one_with_scope()
    {
        await using var house = await IssuingHouse.OpenAsync();

        var answer = await Exchange(house, house.House.Token());
        var refused = await Exchange(house, house.House.Token(), "scope=orders:read");

        Assert.False(answer.Claims.ContainsKey("scope"));
        Assert.False(answer.Body.ContainsKey("scope"));
        Assert.Equal("invalid_scope", refused.Error);
    }

    [Fact]
    public async Task A_token_of_ours_for_another_service_is_not_exchanged_here()
    {
        await using var house = await IssuingHouse.OpenAsync();
        var forOrders = await house.Ask("billing", "grant_type=client_credentials", "audience=orders");
        var forUs = await house.Ask("billing", "grant_type=client_credentials", "audience=gateway");

        var refused = await Exchange(house, forOrders.Token, "audience=payments");
        var accepted = await Exchange(house, forUs.Token, "audience=payments");

        Assert.Equal((400, "invalid_request"), (refused.Status, refused.Error));
        Assert.Equal("payments", (string?)accepted.Claims["aud"]);
    }

    [Fact]
    public async Task A_narrowed_token_does_not_grow_again()
    {
        await using var house = await IssuingHouse.OpenAsync();
        var narrow = await house.Ask("billing", "grant_type=client_credentials", "audience=gateway", "scope=orders:read");

        Assert.Equal("invalid_scope", (await Exchange(house, narrow.Token, "scope=orders:write")).Error);
        Assert.Equal("orders:read", (string?)(await Exchange(house, narrow.Token)).Claims["scope"]);
    }

    [Fact]
    public async Task What_is_no_access_token_of_ours_is_not_exchanged_though_our_key_signed_it()
    {
        await using var house = await IssuingHouse.OpenAsync();
        var claims = (await house.Ask("billing", "grant_type=client_credentials", "audience=gateway")).Claims;

        foreach (var typ in (string[])["JWT", "audit+jws", "client-authentication+jwt"])
            Assert.Equal("invalid_request", (await Exchange(house, house.Forge(typ, (JsonObject)claims.DeepClone()))).Error);
        Assert.Equal(200, (await Exchange(house, house.Forge("at+jwt", (JsonObject)claims.DeepClone()))).Status);
    }

    [Fact]
    public async Task A_foreign_token_cannot_say_where_its_subject_comes_from()
    {
        await using var house = await IssuingHouse.OpenAsync();
        var lying = house.House.Token(claims => claims["sub_id"] = new JsonObject { ["format"] = "iss_sub", ["iss"] = IssuingHouse.Issuer, ["sub"] = "root" });

        var answer = await Exchange(house, lying);

        Assert.Equal(house.House.Issuer.Issuer, (string?)answer.Claims["sub_id"]!["iss"]);
        Assert.Equal("alice", (string?)answer.Claims["sub_id"]!["sub"]);
    }

    [Fact]
    public async Task The_new_token_does_not_outlive_the_old_one()
    {
        await using var house = await IssuingHouse.OpenAsync();
        var end = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + 45;

        var answer = await Exchange(house, house.House.Token(claims => claims["exp"] = end));
        // Within the clock skew the door takes it still.
        var expired = house.House.Token(claims => claims["exp"] = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - 5);
        using var passed = await house.House.Get("/any/1", expired);
        var refused = await Exchange(house, expired);

        Assert.Equal(end, (long)answer.Claims["exp"]!);
        Assert.InRange((int)answer.Body["expires_in"]!, 1, 45);
        Assert.Equal(HttpStatusCode.OK, passed.StatusCode);
        Assert.Equal((400, "invalid_request"), (refused.Status, refused.Error));
    }

    [Theory]
    [InlineData("subject_token=")]
    [InlineData("subject_token_type=")]
    [InlineData("subject_token_type=urn:ietf:params:oauth:token-type:refresh_token")]
    [InlineData("subject_token_type=urn:ietf:params:oauth:token-type:id_token")]
    [InlineData("subject_token_type=jwt")]
    [InlineData("requested_token_type=urn:ietf:params:oauth:token-type:saml2")]
    [InlineData("actor_token=abc")]
    [InlineData("actor_token_type=urn:ietf:params:oauth:token-type:jwt")]
    [InlineData("subject_token=abc")]
    [InlineData("subject_token=a.b.c")]
    public async Task A_request_that_is_not_whole_or_asks_for_other_things_is_refused(string field)
    {
        await using var house = await IssuingHouse.OpenAsync();
        var fields = new Dictionary<string, string>(StringComparer.Ordinal) { ["grant_type"] = TokenExchangeGrant.Name, ["subject_token"] = house.House.Token(), ["subject_token_type"] = TokenExchangeGrant.JwtType };
        var accepted = await house.Ask("billing", [.. fields.Select(pair => $"{pair.Key}={pair.Value}"), "requested_token_type=" + TokenExchangeGrant.JwtType]);
        var change = field.Split('=', 2);
        fields[change[0]] = change[1];

        var refused = await house.Ask("billing", [.. fields.Select(pair => $"{pair.Key}={pair.Value}")]);

        Assert.Equal((400, "invalid_request"), (refused.Status, refused.Error));
        Assert.Equal(TokenExchangeGrant.JwtType, (string?)accepted.Body["issued_token_type"]);
    }

    [Fact]
    public async Task A_token_that_the_door_refuses_is_refused_with_its_reason_in_the_audit()
    {
        await using var house = await IssuingHouse.OpenAsync();

        var forged = await Exchange(house, house.House.Token(key: TestKey.New("ES256")));
        var stranger = await Exchange(house, house.House.Token(claims => claims["iss"] = "https://stranger.example.com"));
        var forOthers = await Exchange(house, house.House.Token(claims => claims["aud"] = "elsewhere"));

        Assert.All((TokenAnswer[])[forged, stranger, forOthers], answer => Assert.Equal((400, "invalid_request"), (answer.Status, answer.Error)));
        var logs = house.Gateway.Logs.Everything;
        foreach (var reason in (string[])["subject_token_signature_invalid", "subject_token_issuer_unknown", "subject_token_audience_mismatch"])
            Assert.Contains(reason, logs, StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_the_issuers_keys_cannot_be_had_the_answer_is_503()
    {
        await using var house = await IssuingHouse.OpenAsync();
        house.House.Issuer.Jwks.Fault = Faults.Status(500);

        var refused = await Exchange(house, house.House.Token(key: TestKey.New("ES256"), kid: "unheard of"));

        Assert.Equal((503, "temporarily_unavailable"), (refused.Status, refused.Error));
        Assert.NotNull(refused.Headers.RetryAfter);
    }

    [Fact]
    public async Task While_nobody_knows_what_was_revoked_nothing_is_exchanged()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var house = await IssuingHouse.OpenAsync(json => json["Sallyport"]!["Revocation"] = JsonNode.Parse("""{ "MaxAge": "00:00:02" }"""), redis: redis);
        await Poll.Until(async () => (await Exchange(house, house.House.Token())).Status == 200, TimeSpan.FromSeconds(30));

        await redis.Kill();

        await Poll.Until(async () => (await Exchange(house, house.House.Token())).Status == 503, TimeSpan.FromSeconds(30));
        Assert.Equal(200, (await house.Ask("billing", "grant_type=client_credentials")).Status);
        Assert.Contains("revocations_stale", house.Gateway.Logs.Everything, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_revoked_token_is_not_exchanged()
    {
        await using var house = await IssuingHouse.OpenAsync();
        var token = house.House.Token(claims => claims["jti"] = "lost");
        Assert.Equal(200, (await Exchange(house, token)).Status);

        var end = (uint)TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + 3600;
        house.Gateway.Services.GetRequiredService<RevocationList>().Add(
            [new RevocationRow(RevocationKey.Of(RevocationKind.TokenId, house.House.Issuer.Issuer, "lost"), RevocationRecord.AnyIssuedAt, end)]);

        Assert.Equal((400, "invalid_request"), ((await Exchange(house, token)).Status, (await Exchange(house, token)).Error));
        Assert.Equal(200, (await Exchange(house, house.House.Token(claims => claims["jti"] = "kept"))).Status);
    }

    [Theory]
    [InlineData("""{"sub":"billing"}""", true)]
    [InlineData("""{"sub":"billing","iss":"https://gateway.example.com"}""", true)]
    [InlineData("""{"client_id":"billing"}""", true)]
    [InlineData("""{"sub":"robot"}""", false)]
    [InlineData("""{"sub":"billing","iss":"https://other.example.com"}""", false)]
    [InlineData("""{"sub":"billing","client_id":"robot"}""", false)]
    [InlineData("""{"sub":"billing","amr":"pwd"}""", false)]
    [InlineData("""{"sub":["billing"]}""", false)]
    [InlineData("{}", false)]
    [InlineData("""["billing"]""", false)]
    [InlineData("null", false)]
    [InlineData("\"billing\"", false)]
    public async Task Who_may_act_is_for_the_subjects_token_to_say(string mayAct, bool isAccepted)
    {
        await using var house = await IssuingHouse.OpenAsync();

        var answer = await Exchange(house, house.House.Token(claims => claims["may_act"] = JsonNode.Parse(mayAct)));

        Assert.Equal(isAccepted ? 200 : 400, answer.Status);
    }

    [Theory]
    [InlineData("\"billing\"")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"sub":7}""")]
    [InlineData("""{"sub":"a","act":"b"}""")]
    [InlineData("""{"sub":"a","act":{}}""")]
    public async Task An_act_that_is_no_chain_is_refused(string act)
    {
        await using var house = await IssuingHouse.OpenAsync();

        var refused = await Exchange(house, house.House.Token(claims => claims["act"] = JsonNode.Parse(act)));
        var accepted = await Exchange(house, house.House.Token(claims => claims["act"] = JsonNode.Parse("""{"sub":"a","act":{"sub":"b","iss":"x"}}""")));

        Assert.Equal((400, "invalid_request"), (refused.Status, refused.Error));
        Assert.Equal("""{"sub":"billing","act":{"sub":"a","act":{"sub":"b","iss":"x"}}}""", accepted.Claims["act"]!.ToJsonString());
    }

    [Fact]
    public async Task A_chain_of_actors_has_an_end()
    {
        await using var house = await IssuingHouse.OpenAsync();

        Assert.Equal(200, (await Exchange(house, house.House.Token(claims => claims["act"] = Chain(ActorChain.Deepest - 1)))).Status);
        Assert.Equal(400, (await Exchange(house, house.House.Token(claims => claims["act"] = Chain(ActorChain.Deepest)))).Status);

        static JsonObject Chain(int actors)
        {
            var chain = new JsonObject { ["sub"] = "first" };
            for (var i = 1; i < actors; i++) chain = new JsonObject { ["sub"] = $"actor {i}", ["act"] = chain };
            return chain;
        }
    }

    [Fact]
    public async Task A_client_without_the_grant_exchanges_nothing()
    {
        await using var house = await IssuingHouse.OpenAsync();

        var refused = await house.Ask("reader", Grant, Type, "subject_token=" + house.House.Token());

        Assert.Equal((400, "unauthorized_client"), (refused.Status, refused.Error));
    }

    private static Task<TokenAnswer> Exchange(IssuingHouse house, string subjectToken, params string[] fields) =>
        house.Ask("billing", [Grant, Type, "subject_token=" + subjectToken, .. fields]);

    private static Task<TokenAnswer> Ask(IssuingHouse house, string client, string subjectToken) =>
        client == "robot"
            ? house.Ask(house.Client, null, [Grant, Type, "subject_token=" + subjectToken, .. IssuingHouse.Proof(house.Assertion())])
            : house.Ask(client, Grant, Type, "subject_token=" + subjectToken);
}
