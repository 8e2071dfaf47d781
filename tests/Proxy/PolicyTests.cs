using System.Net;
using System.Text.Json.Nodes;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Proxy;

public sealed class PolicyTests
{
    [Fact]
    public async Task An_optional_policy_takes_no_token_for_anonymous_and_a_bad_one_for_bad()
    {
        await using var house = await House.OpenAsync();
        Assert.Equal(HttpStatusCode.OK, (await house.Get("/optional")).StatusCode);
        Assert.Null(house.Upstream.Requests[^1].Header("X-Auth-Subject"));
        Assert.Equal(HttpStatusCode.OK, (await house.Get("/optional", house.Token())).StatusCode);
        Assert.Equal("alice", house.Upstream.Requests[^1].Header("X-Auth-Subject"));
        Assert.Equal((401, "signature_invalid"), await House.Problem(await house.Get("/optional", house.Token(key: TestKey.New("ES256")))));
        Assert.Equal((401, "token_malformed"), await House.Problem(await house.Get("/optional", "x")));
        Assert.Equal(2, house.Upstream.Requests.Count);
    }

    [Fact]
    public async Task A_claim_rule_matches_values_and_never_what_is_absent()
    {
        await using var house = await HouseWith("""{ "Claims": { "email_verified": ["true"], "tier": ["gold", "silver"] } }""");
        Assert.Equal(200, await Status("true", "\"silver\""));
        Assert.Equal(200, await Status("\"true\"", "[\"bronze\", \"gold\"]"));
        Assert.Equal(403, await Status("false", "\"gold\""));
        Assert.Equal(403, await Status(null, "\"gold\""));
        Assert.Equal(403, await Status("true", null));
        Assert.Equal(403, await Status("true", "null"));
        Assert.Equal(403, await Status("true", "{\"gold\": true}"));
        Assert.Equal(403, await Status("true", "[[\"gold\"]]"));

        async Task<int> Status(string? verified, string? tier) => (int)(await house.Get("/any", house.Token(c =>
        {
            if (verified is not null) c["email_verified"] = JsonNode.Parse(verified);
            if (tier is not null) c["tier"] = JsonNode.Parse(tier);
        }))).StatusCode;
    }

    [Fact]
    public async Task A_route_may_ask_for_an_audience_of_its_own()
    {
        await using var house = await HouseWith("""{ "Audiences": ["orders"] }""");
        Assert.Equal((403, "audience_not_allowed"), await House.Problem(await house.Get("/any", house.Token())));
        Assert.Equal(HttpStatusCode.OK, (await house.Get("/any", house.Token(c => c["aud"] = new JsonArray("api", "orders")))).StatusCode);
    }

    [Fact]
    public async Task A_trusted_issuer_may_pass_only_where_the_policy_names_it()
    {
        var partnerKey = TestKey.New("EdDSA");
        await using var partner = await IssuerServer.StartAsync(partnerKey.PublicJwk("p1", "EdDSA"));
        await using var house = await House.OpenAsync(json => json["Sallyport"]!["TrustedIssuers"]!["partner"] = JsonNode.Parse(
            $$"""{ "Issuer": "{{partner.Issuer}}", "Audiences": ["api"], "Keys": { "JwksUri": "{{partner.JwksUri}}" } }"""));
        var token = house.Token(c => c["iss"] = partner.Issuer, partnerKey, "p1");
        Assert.Equal((403, "issuer_not_allowed"), await House.Problem(await house.Get("/any", token)));
        Assert.Equal(HttpStatusCode.OK, (await house.Get("/optional", token)).StatusCode);
        Assert.Equal("partner", Assert.Single(house.Upstream.Requests).Header("X-Auth-Issuer-Name"));
    }

    [Fact]
    public async Task Any_of_needs_one_and_all_of_needs_every_policy()
    {
        await using var house = await House.OpenAsync(json =>
        {
            var policies = json["Sallyport"]!["Policies"]!;
            policies["reads"] = JsonNode.Parse("""{ "Scopes": { "Any": ["a:read", "b:read"] } }""");
            policies["admin"] = JsonNode.Parse("""{ "Claims": { "roles": ["admin"] } }""");
            policies["either"] = JsonNode.Parse("""{ "AnyOf": ["reads", "admin"] }""");
            policies["both"] = JsonNode.Parse("""{ "AllOf": ["reads", "admin"] }""");
            json["ReverseProxy"]!["Routes"]!["any"]!["AuthorizationPolicy"] = "either";
            json["ReverseProxy"]!["Routes"]!["orders"]!["AuthorizationPolicy"] = "both";
        });
        foreach (var (scope, role, either, both) in new[] { ("b:read", "admin", 200, 200), ("a:read", "x", 200, 403), ("x", "admin", 200, 403), ("x", "x", 403, 403) })
        {
            var token = house.Token(c => { c["scope"] = scope; c["roles"] = new JsonArray(role); });
            Assert.Equal(either, (int)(await house.Get("/any", token)).StatusCode);
            Assert.Equal(both, (int)(await house.Get("/orders", token)).StatusCode);
        }
    }

    [Fact]
    public async Task A_requirement_is_asked_again_for_a_token_seen_before()
    {
        await using var house = await House.OpenAsync();
        var token = house.Token(c => c["org_id"] = "acme");
        Assert.Equal(HttpStatusCode.OK, (await house.Get("/any", token)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await house.Get("/orders", token)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await house.Get("/tenants/globex/1", token)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await house.Get("/tenants/acme/1", token)).StatusCode);
    }

    private static Task<House> HouseWith(string policy) => House.OpenAsync(json => json["Sallyport"]!["Policies"]!["any"] = JsonNode.Parse(policy));
}
