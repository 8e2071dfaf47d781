using System.Net;
using System.Text.Json.Nodes;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Proxy;

public sealed class TenantTests
{
    [Fact]
    [Trait("Acceptance", "B4")]
    public async Task A_tenants_token_passes_its_own_route_and_no_other_tenants()
    {
        await using var house = await House.OpenAsync();
        var token = house.Token(c => c["org_id"] = "acme");
        Assert.Equal(HttpStatusCode.OK, (await house.Get("/tenants/acme/1", token)).StatusCode);
        Assert.Equal((403, "tenant_mismatch"), await House.Problem(await house.Get("/tenants/globex/1", token)));
        Assert.Equal("/tenants/acme/1", Assert.Single(house.Upstream.Requests).Target);
    }

    [Fact]
    [Trait("Acceptance", "B5")]
    public async Task Without_the_tenant_claim_no_tenants_route_passes()
    {
        await using var house = await House.OpenAsync();
        Assert.Equal(HttpStatusCode.OK, (await house.Get("/tenants/acme/1", house.Token(c => c["org_id"] = "acme"))).StatusCode);
        foreach (var tenant in new[] { "acme", "globex", "null", "%20" })
            Assert.Equal(403, (await House.Problem(await house.Get($"/tenants/{tenant}/1", house.Token()))).Status);
        Assert.Single(house.Upstream.Requests);
    }

    public static TheoryData<string> OtherShapes => ["[\"acme\"]", "null", "\"\"", "{\"acme\":1}", "true", "\"ACME\"", "\"acme \"", "\"acme/1\""];

    [Theory]
    [MemberData(nameof(OtherShapes))]
    public async Task A_tenant_claim_of_another_shape_is_not_equal(string value)
    {
        await using var house = await House.OpenAsync();
        var token = house.Token(c => c["org_id"] = JsonNode.Parse(value));
        Assert.Equal(403, (await House.Problem(await house.Get("/tenants/acme/1", token))).Status);
        Assert.Empty(house.Upstream.Requests);
    }

    // What an upstream that decodes and normalises once more would read as another tenant's path.
    [Theory]
    [InlineData("/tenants/acme/%252e%252e/globex/1")]
    [InlineData("/tenants/acme/..%2fglobex/1")]
    [InlineData("/tenants/acme/..%252fglobex/1")]
    [InlineData("/tenants/acme/%2e%2e%2fglobex/1")]
    [InlineData("/tenants/acme/..%5cglobex/1")]
    [InlineData("/tenants/acme/%25252e%25252e/globex/1")]
    [InlineData("/tenants/acme/x/..;/..;/globex")]
    [InlineData("/tenants/acme%2f..%2fglobex/1")]
    public async Task A_path_that_an_upstream_could_read_as_another_tenants_never_reaches_it(string path)
    {
        await using var house = await House.OpenAsync();
        var token = house.Token(c => c["org_id"] = "acme");
        var good = await RawHttp.SendAsync(house.Gateway.Url, Request("/tenants/acme/a%20b%2Fc/100%25", token));
        Assert.Equal(200, good.Status);

        var bad = await RawHttp.SendAsync(house.Gateway.Url, Request(path, token));
        Assert.InRange(bad.Status, 400, 404);
        Assert.Single(house.Upstream.Requests);
    }

    // Dot segments that Kestrel itself takes out end at the route they mean.
    [Theory]
    [InlineData("/tenants/acme/../globex/1")]
    [InlineData("/tenants/acme/%2e%2e/globex/1")]
    public async Task A_path_is_judged_as_it_is_forwarded(string path)
    {
        await using var house = await House.OpenAsync();
        var bad = await RawHttp.SendAsync(house.Gateway.Url, Request(path, house.Token(c => c["org_id"] = "acme")));
        Assert.Equal(403, bad.Status);
        var good = await RawHttp.SendAsync(house.Gateway.Url, Request(path, house.Token(c => c["org_id"] = "globex")));
        Assert.Equal(200, good.Status);
        Assert.Equal("/tenants/globex/1", Assert.Single(house.Upstream.Requests).Target);
    }

    private static string Request(string path, string token) =>
        $"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\r\n";
}
