using System.Text.Json.Nodes;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Proxy;

public sealed class TokenSourceTests
{
    [Fact]
    public async Task A_cookie_carries_the_token_where_the_policy_names_it_and_goes_no_further()
    {
        await using var house = await HouseWith("Cookie", "session");
        var token = house.Token();
        Assert.Equal(200, await Send(house, "/any", $"Cookie: theme=dark; session={token}; lang=de"));
        var received = Assert.Single(house.Upstream.Requests);
        Assert.Equal("alice", received.Header("X-Auth-Subject"));
        Assert.Equal("theme=dark; lang=de", received.Header("Cookie"));

        Assert.Equal(401, await Send(house, "/any", $"Cookie: Session={token}"));
        Assert.Equal(401, await Send(house, "/any", $"Cookie: xsession={token}"));
        Assert.Equal(401, await Send(house, "/orders", $"Cookie: session={token}"));
        Assert.Equal(400, await Send(house, "/any", $"Cookie: session={token}; session={token}"));
        Assert.Equal(400, await Send(house, "/any", $"Cookie: session={token}", $"Authorization: Bearer {token}"));
        Assert.Equal(200, await Send(house, "/any", $"Authorization: Bearer {token}"));
    }

    [Fact]
    public async Task A_query_parameter_carries_the_token_where_the_policy_names_it_and_goes_no_further()
    {
        await using var house = await HouseWith("Query", "access_token");
        var token = house.Token();
        Assert.Equal(200, await Send(house, $"/any/x?a=1%20&access_token={token}&b=%C3%A9"));
        Assert.Equal("/any/x?a=1%20&b=%C3%A9", Assert.Single(house.Upstream.Requests).Target);

        Assert.Equal(200, await Send(house, $"/any/x?%61ccess_token={token}"));
        Assert.Equal("/any/x", house.Upstream.Requests[^1].Target);

        Assert.Equal(401, await Send(house, $"/orders/x?access_token={token}"));
        Assert.Equal(400, await Send(house, $"/any/x?access_token={token}&access_token={token}"));
        Assert.Equal(400, await Send(house, $"/any/x?access_token={token}&Access_Token={token}"));
        Assert.Equal(400, await Send(house, $"/any/x?access_token={token}", $"Authorization: Bearer {token}"));
        Assert.DoesNotContain(token, house.Gateway.Logs.Everything, StringComparison.Ordinal);
    }

    private static Task<House> HouseWith(string place, string name) => House.OpenAsync(json =>
        json["Sallyport"]!["Policies"]!["any"]!["Token"] = new JsonObject { [place] = name });

    private static async Task<int> Send(House house, string target, params string[] headers) => (await RawHttp.SendAsync(
        house.Gateway.Url,
        $"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{string.Concat(headers.Select(h => h + "\r\n"))}\r\n")).Status;
}
