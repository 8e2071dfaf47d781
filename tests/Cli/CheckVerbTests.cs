using System.Text.Json;
using System.Text.Json.Nodes;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Cli;

public sealed class CheckVerbTests
{
    [Fact]
    public async Task A_good_configuration_is_shown_as_routes_policies_and_issuers()
    {
        var result = await Verb.RunAsync(new Shop().Configuration(), null, "check");
        Assert.Equal(0, result.ExitCode);
        Assert.Equal("", result.Errors);
        var lines = result.Output.Split('\n');
        var orders = Assert.Single(lines, line => line.StartsWith("orders ", StringComparison.Ordinal));
        Assert.Contains("GET /orders/{tenant}/{**rest}", orders);
        Assert.EndsWith("corp", orders);
        Assert.EndsWith("anyone", Assert.Single(lines, line => line.StartsWith("public ", StringComparison.Ordinal)));
        Assert.EndsWith("corp, partner, or no token", Assert.Single(lines, line => line.StartsWith("optional ", StringComparison.Ordinal)));
        Assert.EndsWith("JWK Set in the configuration", Assert.Single(lines, line => line.StartsWith("corp ", StringComparison.Ordinal)));
        Assert.EndsWith("JWKS at https://partner.example/jwks", Assert.Single(lines, line => line.StartsWith("partner ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Issuers_follow_combined_policies()
    {
        var configuration = new Shop().Configuration();
        var policies = configuration["Sallyport"]!["Policies"]!.AsObject();
        policies["partner-only"] = JsonNode.Parse("""{ "Issuers": ["partner"] }""");
        policies["any"] = JsonNode.Parse("""{ "AnyOf": ["corp-only", "partner-only"] }""");
        policies["all"] = JsonNode.Parse("""{ "AllOf": ["corp-only", "any"] }""");
        policies["none"] = JsonNode.Parse("""{ "AllOf": ["corp-only", "partner-only"] }""");
        foreach (var policy in (string[])["any", "all", "none"])
            configuration["ReverseProxy"]!["Routes"]![policy] = JsonNode.Parse($$"""{ "ClusterId": "up", "AuthorizationPolicy": "{{policy}}", "Match": { "Path": "/{{policy}}" } }""");

        var result = await Verb.RunAsync(configuration, null, "check", "--json");
        Assert.Equal(0, result.ExitCode);
        var root = JsonDocument.Parse(result.Output).RootElement;
        Assert.True(root.GetProperty("valid").GetBoolean());
        Assert.Equal(["corp", "partner"], IssuersOf("any"));
        Assert.Equal(["corp"], IssuersOf("all"));
        Assert.Equal([], IssuersOf("none"));
        Assert.Equal(["corp"], IssuersOf("either"));
        var orders = RouteOf("orders");
        Assert.Equal("orders", orders.GetProperty("policy").GetString());
        Assert.True(orders.GetProperty("tokenRequired").GetBoolean());
        Assert.Equal("GET", orders.GetProperty("match").GetProperty("methods")[0].GetString());
        Assert.Equal("JWK Set in the configuration", root.GetProperty("issuers").EnumerateArray().First(i => i.GetProperty("name").GetString() == "corp").GetProperty("keys").GetString());

        JsonElement RouteOf(string id) => root.GetProperty("routes").EnumerateArray().Single(route => route.GetProperty("id").GetString() == id);
        string[] IssuersOf(string id) => [.. RouteOf(id).GetProperty("issuers").EnumerateArray().Select(issuer => issuer.GetString()!)];
    }

    [Fact]
    public async Task Every_mistake_is_the_answer_for_people_and_for_machines()
    {
        var configuration = new Shop().Configuration();
        configuration["Sallyport"]!["Policies"]!["orders"]!["Isuers"] = "corp";
        configuration["ReverseProxy"]!["Routes"]!["either"]!.AsObject().Remove("AuthorizationPolicy");

        var text = await Verb.RunAsync(configuration, null, "check");
        Assert.Equal(1, text.ExitCode);
        Assert.Contains("$.Sallyport.Policies.orders.Isuers", text.Output);
        Assert.Contains("$.ReverseProxy.Routes.either.AuthorizationPolicy", text.Output);

        var json = await Verb.RunAsync(configuration, null, "check", "--json");
        Assert.Equal(1, json.ExitCode);
        var root = JsonDocument.Parse(json.Output).RootElement;
        Assert.False(root.GetProperty("valid").GetBoolean());
        Assert.Contains("$.Sallyport.Policies.orders.Isuers", root.GetProperty("mistakes").EnumerateArray().Select(mistake => mistake.GetProperty("path").GetString()));
    }

    [Fact]
    public async Task Local_keys_are_opened()
    {
        var configuration = new Shop().Configuration();
        configuration["Sallyport"]!["TrustedIssuers"]!["corp"]!["Keys"]!["Inline"]!["keys"]![0]!["x"] = "AAAA";
        var result = await Verb.RunAsync(configuration, null, "check");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("$.Sallyport.TrustedIssuers.corp.Keys", result.Output);
    }

    [Fact]
    public async Task Nothing_is_fetched()
    {
        await using var issuer = await IssuerServer.StartAsync(TestKey.New("ES256").PublicJwk("k"));
        var configuration = new Shop().Configuration();
        configuration["Sallyport"]!["TrustedIssuers"]!["partner"]!["Keys"] = new JsonObject { ["JwksUri"] = issuer.JwksUri };
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, configuration.ToJsonString());
        var result = await Verb.RunAsync("", "check", "--config", file, "--environment", "Development");
        File.Delete(file);
        Assert.Equal(0, result.ExitCode);
        Assert.Contains(issuer.JwksUri, result.Output);
        Assert.Equal(0, issuer.JwksHits);
    }

    [Fact]
    public async Task The_repositorys_own_configuration_is_good_in_Development()
    {
        var file = Path.Combine(RepositoryFolder.Path, "appsettings.json");
        var result = await Verb.RunAsync("", "check", "--config", file, "--environment", "Development");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("our own key ring", result.Output);
        Assert.Equal(1, (await Verb.RunAsync("", "check", "--config", file, "--environment", "Production")).ExitCode);
    }
}
