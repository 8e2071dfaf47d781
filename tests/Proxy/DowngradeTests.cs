using Sallyport.Tests.Support;

namespace Sallyport.Tests.Proxy;

/// <summary>A request must not pass as nobody while it carries something that its upstream could take for a token.</summary>
public sealed class DowngradeTests
{
    [Theory]
    [InlineData("Bearer")]
    [InlineData("bearer ")]
    [InlineData("Bearer\t{0}")]
    [InlineData("Bearer \t{0}")]
    [InlineData("Bearer,{0}")]
    [InlineData("Bearer=\"{0}\"")]
    [InlineData("Bearer: {0}")]
    [InlineData("Bearer\u00c2\u00a0{0}")]
    [InlineData("Bearer {0}, Bearer {0}")]
    [InlineData("Bearer {0} {0}")]
    public async Task An_optional_token_in_an_odd_form_is_a_bad_token_and_not_none(string form)
    {
        await using var house = await House.OpenAsync();
        Assert.Equal(200, await Send(house, "/optional/x", $"Authorization: BEARER  {house.Token()} "));
        Assert.Equal("alice", house.Upstream.Requests[^1].Header("X-Auth-Subject"));
        Assert.Equal(401, await Send(house, "/optional/x", $"Authorization: {string.Format(form, house.Token())}"));
        Assert.Equal(401, await Send(house, "/any/x", $"Authorization: {string.Format(form, house.Token())}"));
        Assert.Single(house.Upstream.Requests);
    }

    [Theory]
    [InlineData("Basic YTpi")]
    [InlineData("BearerToken abc")]
    public async Task Another_scheme_carries_no_token_and_is_left_as_it_is(string value)
    {
        await using var house = await House.OpenAsync();
        Assert.Equal(200, await Send(house, "/optional/x", $"Authorization: {value}"));
        var received = Assert.Single(house.Upstream.Requests);
        Assert.Equal(value, received.Header("Authorization"));
        Assert.Null(received.Header("X-Auth-Subject"));
        Assert.Equal(401, await Send(house, "/any/x", $"Authorization: {value}"));
        Assert.Equal(400, await Send(house, "/optional/x", $"Authorization: {value}", $"Authorization: Bearer {house.Token()}"));
    }

    // Frameworks trim a cookie's name: to them "session =…" is the cookie that we would not have looked at.
    [Fact]
    public async Task A_cookie_with_a_space_after_its_name_is_that_cookie()
    {
        await using var house = await House.OpenAsync(json =>
        {
            foreach (var policy in new[] { "any", "optional" })
                json["Sallyport"]!["Policies"]![policy]!["Token"] = new System.Text.Json.Nodes.JsonObject { ["Cookie"] = "session" };
        });
        var token = house.Token();
        Assert.Equal(200, await Send(house, "/any/x", $"Cookie: session={token}; a=1"));
        Assert.Equal(400, await Send(house, "/any/x", $"Cookie: session={token}; session =forged"));
        Assert.Equal(400, await Send(house, "/any/x", $"Cookie: session={token}", "Cookie: session\t=forged"));
        Assert.Equal(401, await Send(house, "/optional/x", "Cookie: session =forged"));
        Assert.Equal(401, await Send(house, "/optional/x", "Cookie: session="));
        Assert.Equal("a=1", Assert.Single(house.Upstream.Requests).Header("Cookie"));
    }

    private static async Task<int> Send(House house, string target, params string[] headers) => (await RawHttp.SendAsync(
        house.Gateway.Url,
        $"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{string.Concat(headers.Select(h => h + "\r\n"))}\r\n")).Status;
}
