using Sallyport.Tests.Support;

namespace Sallyport.Tests.Proxy;

/// <summary>Targets by which a request could leave the route that it was judged by.</summary>
public sealed class RequestTargetTests
{
    // The upstream of the open route is the upstream of the guarded ones.
    [Theory]
    [InlineData("/open/..;/any/secret")]
    [InlineData("/open/..;v=1/any/secret")]
    [InlineData("/open/x/.;/..;/../..;/any/secret")]
    [InlineData("/open/..%2fany/secret")]
    [InlineData("/open/%252e%252e/any/secret")]
    [InlineData("/open/..%5cany/secret")]
    [InlineData("/open/..%255cany/secret")]
    [InlineData("/optional/..;/any/secret")]
    public async Task An_open_route_is_no_way_round_a_guarded_one(string target)
    {
        await using var house = await House.OpenAsync();
        Assert.Equal(200, await Send(house, "/open/a%20b/c;v=1/100%25/..x/.y"));
        Assert.Equal(400, await Send(house, target));
        Assert.Single(house.Upstream.Requests);
    }

    [Theory]
    [InlineData("/open/../any/secret")]
    [InlineData("/open/%2e%2e/any/secret")]
    [InlineData("/open/.%2e/any/secret")]
    [InlineData("/ANY/secret")]
    [InlineData("/%61ny/secret")]
    [InlineData("http://x/any/secret")]
    [InlineData("http://x/open/../any/secret")]
    [InlineData("http://x/open/%2e%2e/any/secret")]
    [InlineData("http://user@x/any/secret")]
    [InlineData("/any/secret?x=/open/")]
    public async Task Every_spelling_of_a_guarded_path_asks_for_the_token(string target)
    {
        await using var house = await House.OpenAsync();
        Assert.Equal(401, await Send(house, target));
        Assert.Empty(house.Upstream.Requests);
        Assert.Equal(200, await Send(house, target, $"Authorization: Bearer {house.Token()}"));
        Assert.StartsWith("/any/secret", Assert.Single(house.Upstream.Requests).Target, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("GET *")]
    [InlineData("OPTIONS *")]
    [InlineData("CONNECT x:80")]
    [InlineData("GET //any/secret")]
    [InlineData("GET /any%00/secret")]
    [InlineData("GET /any\u0000/secret")]
    [InlineData("GET /open%3F/any")]
    [InlineData("GET any/secret")]
    [InlineData("GET http://y/any/secret")]
    public async Task A_target_of_another_form_reaches_no_upstream(string line)
    {
        await using var house = await House.OpenAsync();
        var token = house.Token();
        Assert.Equal(200, await Send(house, "/any/secret", $"Authorization: Bearer {token}"));
        var answer = await RawHttp.SendAsync(house.Gateway.Url, $"{line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        Assert.InRange(answer.Status, 400, 405);
        Assert.Single(house.Upstream.Requests);
    }

    // After a 101 the client would speak to the upstream past every gate.
    [Theory]
    [InlineData("h2c", "Upgrade, HTTP2-Settings")]
    [InlineData("h2c", "upgrade")]
    [InlineData("h2c, websocket", "Upgrade")]
    [InlineData("TLS/1.2", "Upgrade")]
    public async Task An_upgrade_to_another_protocol_is_not_forwarded(string protocol, string connection)
    {
        await using var house = await House.OpenAsync();
        var answer = await RawHttp.SendAsync(
            house.Gateway.Url,
            $"GET /open/x HTTP/1.1\r\nHost: x\r\nConnection: {connection}\r\nUpgrade: {protocol}\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n");
        Assert.Equal(200, answer.Status);
        var received = Assert.Single(house.Upstream.Requests);
        Assert.Empty(received.Values("Upgrade"));
        Assert.DoesNotContain(received.Values("Connection"), v => v.Contains("pgrade", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/open/a%0d%0aX-Auth-Subject:%20root")]
    [InlineData("/open/a%0aX-Auth-Subject:%20root")]
    [InlineData("/open/a%0dX-Auth-Subject:%20root")]
    [InlineData("/open/a%20HTTP/1.1%0d%0aX-Auth-Subject:%20root%0d%0a%0d%0aGET%20/any")]
    public async Task A_line_break_in_a_path_is_none_in_a_header_that_a_transform_makes_of_it(string target)
    {
        await using var house = await House.OpenAsync(json => json["ReverseProxy"]!["Routes"]!["open"]!["Transforms"] =
            System.Text.Json.Nodes.JsonNode.Parse("""[{ "RequestHeaderRouteValue": "X-Rest", "Set": "rest" }, { "QueryRouteParameter": "rest", "Set": "rest" }]"""));
        Assert.Equal(200, await Send(house, "/open/a"));
        Assert.Equal("a", house.Upstream.Requests[^1].Header("X-Rest"));
        await Send(house, target);
        Assert.InRange(house.Upstream.Requests.Count, 1, 2);
        Assert.Empty(house.Upstream.Requests[^1].Values("X-Auth-Subject"));
    }

    private static async Task<int> Send(House house, string target, params string[] headers) => (await RawHttp.SendAsync(
        house.Gateway.Url,
        $"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{string.Concat(headers.Select(h => h + "\r\n"))}\r\n")).Status;
}
