using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Demonstration;

public sealed partial class ReadmeTests
{
    [Fact]
    public void The_service_of_the_readme_is_the_one_that_is_tested()
    {
        var shown = Service().Match(File.ReadAllText(Path.Combine(RepositoryFolder.Path, "README.md"))).Groups["code"].Value;
        var tested = Tested().Match(File.ReadAllText(Path.Combine(RepositoryFolder.Path, "tests", "Demonstration", "OrdersService.cs"))).Groups["code"].Value;

        Assert.Equal(
            string.Join('\n', tested.TrimEnd().Split('\n').Select(line => line.Length > 8 ? line[8..] : "")) + "\n" + OrdersService.End,
            shown.TrimEnd());
        Assert.Equal(10, shown.TrimEnd().Split('\n').Length);
    }

    [Fact]
    public async Task The_service_of_the_readme_believes_assertions_for_it_and_nothing_else()
    {
        var (gateway, service) = ($"http://127.0.0.1:{FreePort.Next()}", $"http://127.0.0.1:{FreePort.Next()}");
        await using var app = OrdersService.Build(["--urls", service, "--Gateway", gateway, "--Authentication:Schemes:Bearer:RequireHttpsMetadata=false", "--Logging:LogLevel:Default=None"]);
        await app.StartAsync();
        await using var house = await InnerDoor.OpenAsync(json =>
        {
            json["Urls"] = gateway;
            json["Sallyport"]!["Issuer"]!["Issuer"] = gateway;
            var clusters = json["ReverseProxy"]!["Clusters"]!;
            clusters["orders"] = JsonNode.Parse($$$"""{ "Metadata": { "Sallyport:Audience": "orders" }, "Destinations": { "one": { "Address": "{{{service}}}" } } }""");
            clusters["billing"] = JsonNode.Parse($$$"""{ "Metadata": { "Sallyport:Audience": "billing" }, "Destinations": { "one": { "Address": "{{{service}}}" } } }""");
            var routes = json["ReverseProxy"]!["Routes"]!;
            routes["orders"]!["ClusterId"] = "orders";
            routes["any"] = JsonNode.Parse("""{ "ClusterId": "billing", "AuthorizationPolicy": "any", "Match": { "Path": "/any/{**rest}" }, "Transforms": [{ "PathRemovePrefix": "/any" }] }""");
        });
        var token = house.Token(claims => claims["scope"] = "orders:read");

        using var read = await house.Get("/orders/acme/42", token);
        Assert.Equal((HttpStatusCode.OK, "alice reads order 42"), (read.StatusCode, await read.Content.ReadAsStringAsync()));
        // An assertion for somebody else, none, and a client that found the way around the gateway.
        Assert.Equal(HttpStatusCode.Unauthorized, (await house.Get("/any/orders/acme/42", token)).StatusCode);
        using var client = new HttpClient();
        foreach (var forged in new[] { null, token, await house.OwnTokenAsync() })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, service + "/orders/acme/42");
            if (forged is not null) request.Headers.Add("X-Auth-Assertion", forged);
            Assert.Equal(HttpStatusCode.Unauthorized, (await client.SendAsync(request)).StatusCode);
        }
    }

    [GeneratedRegex("```csharp\n(?<code>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Service();

    [GeneratedRegex(@"// The service\.\n(?<code>.*?)^ +// The end\.", RegexOptions.Singleline | RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Tested();
}
