using System.Net;
using System.Text.Json.Nodes;
using Sallyport.Gateway.Keys;
using Sallyport.Gateway.Tokens;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Issuing;

public sealed class ClientCredentialsTests
{
    private const string Grant = "grant_type=client_credentials";

    [Fact]
    public async Task A_client_with_a_secret_gets_an_access_token_of_RFC_9068()
    {
        await using var house = await IssuingHouse.OpenAsync();

        var answer = await house.Ask("billing", Grant);

        Assert.Equal(200, answer.Status);
        Assert.Equal("Bearer", (string?)answer.Body["token_type"]);
        Assert.Equal(300, (int?)answer.Body["expires_in"]);
        Assert.Equal("orders:read orders:write", (string?)answer.Body["scope"]);
        Assert.Equal("at+jwt", (string?)answer.Header["typ"]);
        Assert.Equal(house.Ring.Active!.Key.KeyId, (string?)answer.Header["kid"]);
        var claims = answer.Claims;
        Assert.Equal(["iss", "sub", "aud", "iat", "exp", "jti", "client_id", "scope"], claims.Select(claim => claim.Key));
        Assert.Equal(IssuingHouse.Issuer, (string?)claims["iss"]);
        Assert.Equal("billing", (string?)claims["sub"]);
        Assert.Equal("billing", (string?)claims["client_id"]);
        Assert.Equal("orders", (string?)claims["aud"]);
        Assert.Equal("orders:read orders:write", (string?)claims["scope"]);
        Assert.Equal((long)claims["iat"]! + 300, (long)claims["exp"]!);
        Assert.Null(JwsCheck.Check(answer.Token, house.Ring.Published, [Algorithm.Find("ES256")!]));
    }

    [Fact]
    [Trait("Acceptance", "B10")]
    public async Task Times_are_whole_numbers_without_exponent()
    {
        await using var house = await IssuingHouse.OpenAsync();

        var answer = await house.Ask("billing", Grant);

        Assert.Matches("\"iat\":[0-9]{10},\"exp\":[0-9]{10},", answer.RawClaims);
        Assert.DoesNotContain("nbf", answer.RawClaims, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_gateway_itself_takes_the_token_it_issued()
    {
        await using var house = await IssuingHouse.OpenAsync();

        var ours = await house.Ask("billing", Grant, "audience=gateway");
        var others = await house.Ask("billing", Grant, "audience=orders");

        using var passed = await house.House.Get("/ours/1", ours.Token);
        using var refused = await house.House.Get("/ours/1", others.Token);
        Assert.Equal(HttpStatusCode.OK, passed.StatusCode);
        Assert.Equal((401, "audience_mismatch"), await House.Problem(refused));
    }

    [Theory]
    [InlineData("audience=payments", "payments")]
    [InlineData("resource=https://api.example.com/v1", "https://api.example.com/v1")]
    [InlineData("audience=", "orders")]
    public async Task A_client_chooses_among_its_audiences(string field, string audience)
    {
        await using var house = await IssuingHouse.OpenAsync();

        var answer = await house.Ask("billing", Grant, field);

        Assert.Equal(audience, (string?)answer.Claims["aud"]);
    }

    [Fact]
    public async Task Several_audiences_are_an_array_and_each_stands_there_once()
    {
        await using var house = await IssuingHouse.OpenAsync();

        var answer = await house.Ask("billing", Grant, "audience=payments", "audience=orders", "audience=payments");

        Assert.Equal("""["payments","orders"]""", answer.Claims["aud"]!.ToJsonString());
    }

    [Theory]
    [InlineData("invalid_target", "audience=stock")]
    [InlineData("invalid_target", "audience=ORDERS")]
    [InlineData("invalid_target", "audience=orders", "audience=stock")]
    [InlineData("invalid_target", "audience=orders ")]
    [InlineData("invalid_target", "resource=orders")]
    [InlineData("invalid_target", "resource=https://api.example.com/v1#x")]
    [InlineData("invalid_target", "resource=https://api.example.com/v2")]
    [InlineData("invalid_scope", "scope=orders:delete")]
    [InlineData("invalid_scope", "scope=orders:read orders:delete")]
    [InlineData("invalid_scope", "scope=Orders:read")]
    [InlineData("invalid_scope", "scope=orders:read  orders:write")]
    [InlineData("invalid_scope", "scope= ")]
    [InlineData("invalid_scope", "scope=orders\"read")]
    [InlineData("invalid_scope", "scope=bestellungen:lesen-\u00fc")]
    public async Task What_the_client_may_not_have_it_does_not_get(string error, params string[] fields)
    {
        await using var house = await IssuingHouse.OpenAsync();

        var refused = await house.Ask("billing", [Grant, .. fields]);
        var accepted = await house.Ask("billing", Grant, "audience=orders", "scope=orders:read");

        Assert.Equal((400, error), (refused.Status, refused.Error));
        Assert.Null(refused.Body["access_token"]);
        Assert.Equal("orders:read", (string?)accepted.Claims["scope"]);
    }

    [Fact]
    public async Task A_client_without_scopes_gets_a_token_without_scope()
    {
        await using var house = await IssuingHouse.OpenAsync();

        var answer = await house.Ask("reader", Grant);
        var refused = await house.Ask("reader", Grant, "scope=orders:read");

        Assert.False(answer.Body.ContainsKey("scope"));
        Assert.False(answer.Claims.ContainsKey("scope"));
        Assert.Equal("invalid_scope", refused.Error);
    }

    [Fact]
    public async Task A_client_has_a_lifetime_of_its_own()
    {
        await using var house = await IssuingHouse.OpenAsync(json => json["Sallyport"]!["Issuer"]!["Clients"]!["reader"]!["Lifetime"] = "00:01:00");

        var answer = await house.Ask("reader", Grant);

        Assert.Equal(60, (int?)answer.Body["expires_in"]);
    }

    [Theory]
    [InlineData("unauthorized_client", "grant_type=urn:ietf:params:oauth:grant-type:token-exchange")]
    [InlineData("unsupported_grant_type", "grant_type=password")]
    [InlineData("unsupported_grant_type", "grant_type=CLIENT_CREDENTIALS")]
    [InlineData("invalid_request", "grant_type=")]
    [InlineData("invalid_request", "scope=x")]
    public async Task Other_grants_are_refused(string error, string field)
    {
        await using var house = await IssuingHouse.OpenAsync();

        var refused = await house.Ask("reader", field);
        var accepted = await house.Ask("reader", Grant);

        Assert.Equal((400, error), (refused.Status, refused.Error));
        Assert.Equal(200, accepted.Status);
    }

    [Fact]
    [Trait("Acceptance", "A7")]
    public async Task Without_a_key_to_sign_with_the_answer_is_503()
    {
        await using var house = await IssuingHouse.OpenAsync();
        house.Keys.Publish(new OpenRing(2, Active: null, house.Ring.Published, "sealed with another key"));

        var refused = await house.Ask("billing", Grant);
        house.Keys.Publish(house.Ring);
        var accepted = await house.Ask("billing", Grant);

        Assert.Equal((503, "temporarily_unavailable"), (refused.Status, refused.Error));
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Equal(200, accepted.Status);
    }

    [Fact]
    [Trait("Acceptance", "C10")]
    public async Task No_token_outlives_its_key()
    {
        await using var house = await IssuingHouse.OpenAsync();
        var end = TimeProvider.System.GetUtcNow().AddSeconds(100);
        house.Keys.Publish(OwnRing.Of((SigningKey)house.Ring.Active!.Key, end));

        var answer = await house.Ask("billing", Grant);

        Assert.InRange((long)answer.Claims["exp"]!, 0, end.ToUnixTimeSeconds());
    }

    [Fact]
    [Trait("Acceptance", "A6")]
    public async Task An_audit_record_signed_by_our_key_is_no_access_token()
    {
        await using var house = await IssuingHouse.OpenAsync();
        var token = await house.Ask("billing", Grant, "audience=gateway");
        JsonObject Claims() => (JsonObject)token.Claims.DeepClone();

        foreach (var typ in (string[])["audit+jws", "JWT", "application/audit+jws"])
        {
            using var refused = await house.House.Get("/ours/1", house.Forge(typ, Claims()));
            Assert.Equal((401, "type_not_allowed"), await House.Problem(refused));
        }

        using var accepted = await house.House.Get("/ours/1", house.Forge("at+jwt", Claims()));
        Assert.Equal(HttpStatusCode.OK, accepted.StatusCode);
    }
}
