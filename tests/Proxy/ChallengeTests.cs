using System.Net;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Proxy;

public sealed class ChallengeTests
{
    [Fact]
    [Trait("Acceptance", "D17")]
    public async Task Without_a_token_the_challenge_is_bare()
    {
        await using var house = await House.OpenAsync();
        var response = await house.Get("/any");
        Assert.Equal("Bearer", Assert.Single(response.Headers.WwwAuthenticate).ToString());
        Assert.Equal((401, "token_missing"), await House.Problem(response));
        Assert.Equal(HttpStatusCode.OK, (await house.Get("/any", house.Token())).StatusCode);
        Assert.Single(house.Upstream.Requests);
    }

    [Fact]
    [Trait("Acceptance", "D17")]
    public async Task A_bad_token_is_told_so_without_an_echo_of_its_claims()
    {
        await using var house = await House.OpenAsync();
        const string Mark = "mallory-was-here";
        var response = await house.Get("/any", house.Token(
            c => { c["sub"] = Mark; c["iss"] = $"https://{Mark}.example"; },
            key: TestKey.New("ES256"),
            kid: Mark));
        Assert.Contains("error=\"invalid_token\"", Assert.Single(response.Headers.WwwAuthenticate).ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Mark, response.ToString() + await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal((401, "issuer_unknown"), await House.Problem(response));
        Assert.DoesNotContain(Mark, house.Gateway.Logs.Everything, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Acceptance", "D17")]
    public async Task Too_little_scope_names_the_scope()
    {
        await using var house = await House.OpenAsync();
        var response = await house.Get("/orders", house.Token(c => c["scope"] = "orders:write openid"));
        var challenge = Assert.Single(response.Headers.WwwAuthenticate).ToString();
        Assert.Contains("error=\"insufficient_scope\"", challenge, StringComparison.Ordinal);
        Assert.Contains("scope=\"orders:read\"", challenge, StringComparison.Ordinal);
        Assert.Equal((403, "insufficient_scope"), await House.Problem(response));
        Assert.Empty(house.Upstream.Requests);
        Assert.Equal(HttpStatusCode.OK, (await house.Get("/orders", house.Token(c => c["scope"] = "openid orders:read"))).StatusCode);
    }

    [Theory]
    [InlineData("orders:read ")]
    [InlineData("orders:reader")]
    [InlineData("ORDERS:READ")]
    [InlineData("orders:read,openid")]
    [InlineData("")]
    public async Task A_scope_is_compared_whole(string scope)
    {
        await using var house = await House.OpenAsync();
        var isGranted = scope.Split(' ').Contains("orders:read", StringComparer.Ordinal);
        var response = await house.Get("/orders", house.Token(c => c["scope"] = scope));
        Assert.Equal(isGranted ? HttpStatusCode.OK : HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Theory]
    [InlineData("Bearer", "token_malformed")]
    [InlineData("Bearer ", "token_malformed")]
    [InlineData("Bearer a b", "token_malformed")]
    [InlineData("Bearer a,b", "token_malformed")]
    [InlineData("Basic YTpi", "token_missing")]
    [InlineData("Bearerx", "token_missing")]
    public async Task An_authorization_header_that_is_not_bearer_and_one_token_never_passes(string header, string reason)
    {
        await using var house = await House.OpenAsync();
        var answer = await RawHttp.SendAsync(house.Gateway.Url, $"GET /any HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: {header}\r\n\r\n");
        Assert.Equal(401, answer.Status);
        Assert.Contains($"\"{reason}\"", answer.Text, StringComparison.Ordinal);
        Assert.Empty(house.Upstream.Requests);
    }

    [Theory]
    [InlineData("bearer")]
    [InlineData("BEARER")]
    public async Task The_scheme_has_no_case(string scheme)
    {
        await using var house = await House.OpenAsync();
        var answer = await RawHttp.SendAsync(house.Gateway.Url, $"GET /any HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: {scheme} {house.Token()}\r\n\r\n");
        Assert.Equal(200, answer.Status);
    }

    [Fact]
    public async Task Two_tokens_are_400_whichever_they_are()
    {
        await using var house = await House.OpenAsync();
        var token = house.Token();
        var answer = await RawHttp.SendAsync(
            house.Gateway.Url,
            $"GET /any HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {token}\r\nAuthorization: Bearer {token}\r\n\r\n");
        Assert.Equal(400, answer.Status);
        Assert.Contains("token_twice", answer.Text, StringComparison.Ordinal);
        Assert.Empty(house.Upstream.Requests);
    }

    [Fact]
    public async Task A_refusal_to_head_has_no_body()
    {
        await using var house = await House.OpenAsync();
        var answer = await RawHttp.SendAsync(house.Gateway.Url, "HEAD /any HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        Assert.Equal(401, answer.Status);
        Assert.Empty(answer.Body.ToArray());
    }
}
