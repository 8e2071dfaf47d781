using System.Net;
using System.Text.Json.Nodes;
using Sallyport.Gateway.Proxy;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Proxy;

public sealed class HeaderProjectionTests
{
    [Fact]
    public async Task The_upstream_learns_who_was_verified_and_gets_no_token()
    {
        await using var house = await House.OpenAsync();
        var token = house.Token(c =>
        {
            c["scope"] = "orders:read openid";
            c["jti"] = "t-1";
            c["email"] = "alice@example.com";
            c["roles"] = new JsonArray("reader", "ad\"min");
        });
        Assert.Equal(HttpStatusCode.OK, (await house.Get("/any", token)).StatusCode);

        var received = Assert.Single(house.Upstream.Requests);
        Assert.Equal("alice", received.Header("X-Auth-Subject"));
        Assert.Equal(house.Issuer.Issuer, received.Header("X-Auth-Issuer"));
        Assert.Equal("corp", received.Header("X-Auth-Issuer-Name"));
        Assert.Equal("api", received.Header("X-Auth-Audience"));
        Assert.Equal("orders:read openid", received.Header("X-Auth-Scope"));
        Assert.Matches("^[0-9]{10}$", received.Header("X-Auth-Expires"));
        Assert.Equal("t-1", received.Header("X-Auth-Token-Id"));
        Assert.Equal("alice@example.com", received.Header("X-Auth-Email"));
        Assert.Equal("""["reader","ad\"min"]""", received.Header("X-Auth-Roles"));
        Assert.Null(received.Header("Authorization"));
        Assert.DoesNotContain(received.Headers, h => h.Value.Contains(token, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nobody_is_forwarded_as_nobody()
    {
        await using var house = await House.OpenAsync();
        foreach (var path in new[] { "/open", "/optional" })
        {
            Assert.Equal(HttpStatusCode.OK, (await house.Get(path)).StatusCode);
            Assert.DoesNotContain(house.Upstream.Requests[^1].Headers, h => h.Key.StartsWith("X-Auth-", StringComparison.OrdinalIgnoreCase));
        }
    }

    [Fact]
    public async Task Line_breaks_and_foreign_letters_arrive_encoded()
    {
        await using var house = await House.OpenAsync();
        var token = house.Token(c =>
        {
            c["sub"] = "Zoë\r\nX-Auth-Scope: admin\0";
            c["email"] = " 100% ✓ ";
            c["roles"] = new JsonArray("Łódź\n");
            c["aud"] = new JsonArray("api", "a\r\nb");
        });
        Assert.Equal(HttpStatusCode.OK, (await house.Get("/any", token)).StatusCode);
        var received = Assert.Single(house.Upstream.Requests);
        Assert.Equal("Zo%C3%AB%0D%0AX-Auth-Scope: admin%00", received.Header("X-Auth-Subject"));
        Assert.Equal("%20100%25 %E2%9C%93%20", received.Header("X-Auth-Email"));
        Assert.Equal("""["%C5%81%C3%B3d%C5%BA\n"]""", received.Header("X-Auth-Roles"));
        Assert.Equal("""["api","a\r\nb"]""", received.Header("X-Auth-Audience"));
        Assert.Null(received.Header("X-Auth-Scope"));
    }

    [Fact]
    public async Task Claims_too_large_to_forward_are_431_and_never_cut()
    {
        await using var house = await House.OpenAsync(json => json["Sallyport"]!["Forwarding"]!["MaxBytes"] = 1024);
        Assert.Equal(HttpStatusCode.OK, (await house.Get("/any", house.Token(c => c["email"] = new string('x', 500)))).StatusCode);
        var tooLarge = house.Token(c => c["email"] = new string('x', 1000));
        Assert.Equal((431, "identity_too_large"), await House.Problem(await house.Get("/any", tooLarge)));
        Assert.Single(house.Upstream.Requests);
    }

    [Theory]
    [InlineData("Keep", true)]
    [InlineData("Strip", false)]
    public async Task A_route_says_itself_whether_the_token_goes_on(string choice, bool isKept)
    {
        await using var house = await House.OpenAsync(json =>
            json["ReverseProxy"]!["Routes"]!["any"]!["Metadata"] = new JsonObject { ["Sallyport:Token"] = choice });
        var token = house.Token();
        Assert.Equal(HttpStatusCode.OK, (await house.Get("/any", token)).StatusCode);
        Assert.Equal(isKept ? $"Bearer {token}" : null, Assert.Single(house.Upstream.Requests).Header("Authorization"));
    }

    [Fact]
    public async Task What_a_route_sends_to_its_upstream_as_its_own_stays()
    {
        await using var house = await House.OpenAsync(json =>
            json["ReverseProxy"]!["Routes"]!["any"]!["Transforms"] = new JsonArray(new JsonObject { ["RequestHeader"] = "Authorization", ["Set"] = "Bearer of-the-gateway" }));
        Assert.Equal(HttpStatusCode.OK, (await house.Get("/any", house.Token())).StatusCode);
        Assert.Equal(["Bearer of-the-gateway"], Assert.Single(house.Upstream.Requests).Values("Authorization"));
    }

    [Fact]
    public async Task Another_schemes_credentials_go_on()
    {
        await using var house = await House.OpenAsync(json => json["Sallyport"]!["Policies"]!["optional"]!["Token"] = new JsonObject { ["Cookie"] = "session" });
        foreach (var cookie in new[] { "", $"Cookie: session={house.Token()}\r\n" })
        {
            var answer = await RawHttp.SendAsync(
                house.Gateway.Url, $"GET /optional HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Basic YTpi\r\n{cookie}\r\n");
            Assert.Equal(200, answer.Status);
            Assert.Equal("Basic YTpi", house.Upstream.Requests[^1].Header("Authorization"));
        }
    }

    [Fact]
    public async Task The_identity_is_set_even_where_a_route_copies_no_headers()
    {
        await using var house = await House.OpenAsync(json =>
            json["ReverseProxy"]!["Routes"]!["any"]!["Transforms"] = new JsonArray(new JsonObject { ["RequestHeadersCopy"] = "false" }));
        Assert.Equal(HttpStatusCode.OK, (await house.Get("/any", house.Token())).StatusCode);
        Assert.Equal("alice", Assert.Single(house.Upstream.Requests).Header("X-Auth-Subject"));
    }

    [Fact]
    public void An_encoded_value_is_printable_ascii_and_decodes_to_what_it_was()
    {
        var random = new Random(7_519);
        for (var i = 0; i < 20_000; i++)
        {
            var runes = Enumerable.Range(0, random.Next(12)).Select(_ => new System.Text.Rune(random.Next(4) switch
            {
                0 => random.Next(0x20),
                1 => random.Next(0x20, 0x7F),
                2 => random.Next(0x80, 0xD800),
                _ => random.Next(0xE000, 0x110000),
            }));
            var text = string.Concat(runes);
            var encoded = HeaderProjection.Encode(text);
            Assert.All(encoded, c => Assert.InRange(c, ' ', '~'));
            Assert.Equal(encoded, encoded.Trim());
            Assert.Equal(text, Uri.UnescapeDataString(encoded));
        }
    }
}
