using System.Net;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Issuing;

public sealed class MetadataTests
{
    [Theory]
    [InlineData("/.well-known/openid-configuration")]
    [InlineData("/.well-known/oauth-authorization-server")]
    public async Task Metadata_has_what_OpenID_and_RFC_8414_readers_ask_for(string path)
    {
        await using var house = await IssuingHouse.OpenAsync();

        using var answer = await house.Client.GetAsync(path);
        var text = await answer.Content.ReadAsStringAsync();
        var document = JsonNode.Parse(text)!;

        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("*", answer.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Equal(IssuingHouse.Issuer, (string?)document["issuer"]);
        Assert.Equal(IssuingHouse.Issuer + "/.well-known/jwks.json", (string?)document["jwks_uri"]);
        Assert.Equal(IssuingHouse.Issuer + "/oauth/token", (string?)document["token_endpoint"]);
        Assert.Equal("""["client_credentials","urn:ietf:params:oauth:grant-type:token-exchange"]""", document["grant_types_supported"]!.ToJsonString());
        Assert.Equal("""["private_key_jwt","client_secret_basic"]""", document["token_endpoint_auth_methods_supported"]!.ToJsonString());
        Assert.Equal("""["orders:read","orders:write"]""", document["scopes_supported"]!.ToJsonString());
        Assert.Equal("""["ES256"]""", document["id_token_signing_alg_values_supported"]!.ToJsonString());
        Assert.DoesNotContain("HS256", document["token_endpoint_auth_signing_alg_values_supported"]!.ToJsonString(), StringComparison.Ordinal);
        foreach (var required in (string[])["response_types_supported", "subject_types_supported", "claims_supported"])
            Assert.NotEmpty(document[required]!.AsArray());

        var read = OpenIdConnectConfiguration.Create(text);
        Assert.Equal(IssuingHouse.Issuer, read.Issuer);
        Assert.Equal(IssuingHouse.Issuer + "/oauth/token", read.TokenEndpoint);
    }

    [Theory]
    [Trait("Acceptance", "B8")]
    [InlineData("GET {0} HTTP/1.1\r\nHost: evil.example")]
    [InlineData("GET {0} HTTP/1.1\r\nHost: gateway.example.com.evil.example:8443")]
    [InlineData("GET {0} HTTP/1.1\r\nHost: gateway.example.com\r\nX-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: http\r\nForwarded: host=evil.example")]
    [InlineData("GET {0} HTTP/1.1\r\nHost: gateway.example.com\r\nX-Original-URL: http://evil.example/\r\nX-Forwarded-Prefix: /evil")]
    [InlineData("GET http://evil.example{0} HTTP/1.1\r\nHost: evil.example")]
    [InlineData("GET https://evil.example:1{0} HTTP/1.1\r\nHost: evil.example:1")]
    [InlineData("GET {0}?issuer=https://evil.example HTTP/1.1\r\nHost: \r\nConnection: keep-alive")]
    public async Task The_issuer_is_the_configured_one_whatever_a_request_says(string head)
    {
        await using var house = await IssuingHouse.OpenAsync();
        var token = await house.Ask("billing", "grant_type=client_credentials");

        foreach (var path in (string[])["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"])
        {
            var answer = await RawHttp.SendAsync(house.Gateway.Url, string.Format(head, path) + "\r\n\r\n");

            Assert.Equal(200, answer.Status);
            Assert.Contains($"\"issuer\":\"{IssuingHouse.Issuer}\",\"jwks_uri\":\"{IssuingHouse.Issuer}/.well-known/jwks.json\",\"token_endpoint\":\"{IssuingHouse.Issuer}/oauth/token\"", answer.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("evil", answer.Text, StringComparison.Ordinal);
        }

        Assert.Contains($"\"iss\":\"{IssuingHouse.Issuer}\"", token.RawClaims, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Acceptance", "B8")]
    public async Task A_token_asked_for_by_another_host_has_the_configured_issuer()
    {
        await using var house = await IssuingHouse.OpenAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth/token") { Content = IssuingHouse.Form("grant_type=client_credentials") };
        request.Headers.Authorization = IssuingHouse.Basic("billing", IssuingHouse.Secret);
        request.Headers.Host = "evil.example";

        using var response = await house.Client.SendAsync(request);

        Assert.Equal(IssuingHouse.Issuer, (string?)(await TokenAnswer.Of(response)).Claims["iss"]);
    }

    [Fact]
    public async Task An_issuer_with_a_path_has_its_endpoints_there()
    {
        const string Issuer = "https://gateway.example.com/tenants/one";
        await using var house = await IssuingHouse.OpenAsync(json =>
        {
            json["Sallyport"]!["Issuer"]!["Issuer"] = Issuer;
            json["ReverseProxy"]!["Routes"]!.AsObject().Remove("tenants");
        });

        foreach (var path in (string[])["/tenants/one/.well-known/openid-configuration", "/.well-known/oauth-authorization-server/tenants/one"])
        {
            var document = JsonNode.Parse(await house.Client.GetStringAsync(path))!;
            Assert.Equal(Issuer, (string?)document["issuer"]);
            Assert.Equal(Issuer + "/.well-known/jwks.json", (string?)document["jwks_uri"]);
            Assert.Equal(Issuer + "/oauth/token", (string?)document["token_endpoint"]);
        }

        Assert.Contains("\"kid\"", await house.Client.GetStringAsync("/tenants/one/.well-known/jwks.json"), StringComparison.Ordinal);
        using var token = await house.Client.PostAsync("/tenants/one/oauth/token", IssuingHouse.Form("grant_type=client_credentials"));
        Assert.Equal(HttpStatusCode.Unauthorized, token.StatusCode);
        foreach (var path in (string[])["/.well-known/openid-configuration", "/.well-known/jwks.json", "/oauth/token", "/.well-known/oauth-authorization-server"])
            Assert.Equal(HttpStatusCode.NotFound, (await house.Client.GetAsync(path)).StatusCode);
    }

    [Fact]
    public async Task The_endpoints_come_before_a_route_that_takes_everything()
    {
        await using var house = await IssuingHouse.OpenAsync(json =>
            json["ReverseProxy"]!["Routes"]!["all"] = JsonNode.Parse("""{ "ClusterId": "upstream", "AuthorizationPolicy": "Anonymous", "Order": -1000, "Match": { "Path": "/{**rest}" } }"""));

        using var other = await house.Client.GetAsync("/something/else");
        using var metadata = await house.Client.GetAsync("/.well-known/openid-configuration");
        using var get = await house.Client.GetAsync("/oauth/token");
        using var post = await house.Client.PostAsync("/.well-known/jwks.json", IssuingHouse.Form("a=b"));
        using var token = await house.Client.PostAsync("/OAUTH/token/", IssuingHouse.Form("grant_type=client_credentials"));

        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        Assert.Single(house.House.Upstream.Requests);
        Assert.Equal(HttpStatusCode.OK, metadata.StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, get.StatusCode);
        Assert.Equal(["POST"], get.Content.Headers.Allow);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, post.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, token.StatusCode);
        Assert.Single(house.House.Upstream.Requests);
    }

    [Fact]
    public async Task Without_an_issuer_there_are_no_endpoints()
    {
        await using var house = await House.OpenAsync();

        foreach (var path in (string[])["/.well-known/openid-configuration", "/.well-known/jwks.json", "/oauth/token"])
            Assert.Equal(HttpStatusCode.NotFound, (await house.Client.GetAsync(path)).StatusCode);
    }

    [Fact]
    public async Task Clients_change_while_the_gateway_runs_and_the_rest_waits_for_the_next_start()
    {
        await using var house = await IssuingHouse.OpenAsync();
        Assert.Equal(200, (await house.Ask("reader", "grant_type=client_credentials")).Status);

        var changed = (JsonObject)house.Json.DeepClone();
        changed["Sallyport"]!["Issuer"]!["Clients"]!.AsObject().Remove("reader");
        changed["Sallyport"]!["Issuer"]!["Clients"]!["robot"]!["Scopes"] = new JsonArray("stock:read");
        house.Gateway.Change(changed);
        await Poll.Until(async () => (await house.Ask("reader", "grant_type=client_credentials")).Status == 401);
        Assert.Equal(200, (await house.Ask("billing", "grant_type=client_credentials")).Status);
        Assert.Contains("stock:read", await house.Client.GetStringAsync("/.well-known/openid-configuration"), StringComparison.Ordinal);
        Assert.DoesNotContain(house.Gateway.Logs.Entries, entry => entry.Message.Contains("Sallyport:Issuer changed", StringComparison.Ordinal));

        changed["Sallyport"]!["Issuer"]!["Lifetime"] = "00:01:00";
        house.Gateway.Change(changed);
        await Poll.Until(() => house.Gateway.Logs.Entries.Any(entry => entry.Message.Contains("Sallyport:Issuer changed", StringComparison.Ordinal)));
        Assert.Equal(300, (int?)(await house.Ask("billing", "grant_type=client_credentials")).Body["expires_in"]);
    }
}
