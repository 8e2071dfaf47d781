using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Cli;

public sealed partial class ServeVerbTests
{
    private static readonly string Settings = File.ReadAllText(Path.Combine(RepositoryFolder.Path, "appsettings.json"));

    [Fact]
    public async Task The_printed_requests_do_what_their_titles_say()
    {
        await using var gateway = await GatewayProcess.StartAsync([], Demonstration("Development"), new Dictionary<string, string> { ["appsettings.json"] = Settings });
        await gateway.Line("# Bob of globex");
        await gateway.Line("Application started");
        List<string> Printed() => [.. gateway.Output.Split('\n')[..^1].Where(line => line.StartsWith("curl ", StringComparison.Ordinal))];
        // The last title is there before its request is.
        await Poll.Until(() => Printed().Count >= 3);
        var lines = Printed();
        using var client = new HttpClient();
        var answers = new List<(HttpStatusCode Status, string Body)>();
        foreach (var line in lines)
        {
            var words = CurlLine().Match(line);
            Assert.True(words.Success, line);
            using var request = new HttpRequestMessage(HttpMethod.Get, words.Groups["url"].Value);
            if (words.Groups["value"].Success) request.Headers.TryAddWithoutValidation(words.Groups["name"].Value, words.Groups["value"].Value);
            using var response = await client.SendAsync(request);
            answers.Add((response.StatusCode, await response.Content.ReadAsStringAsync()));
        }

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden], answers.Select(answer => answer.Status));
        var echo = JsonDocument.Parse(answers[0].Body).RootElement;
        Assert.Equal("GET", echo.GetProperty("method").GetString());
        Assert.Equal("/orders/acme/42?fields=total", echo.GetProperty("path").GetString());
        var headers = echo.GetProperty("headers");
        Assert.Equal("alice", headers.GetProperty("X-Auth-Subject").GetString());
        Assert.Equal("acme", headers.GetProperty("X-Auth-Org").GetString());
        Assert.Equal("orders:read", headers.GetProperty("X-Auth-Scope").GetString());
        Assert.False(headers.TryGetProperty("Authorization", out _));
        Assert.Equal(3, headers.GetProperty("X-Auth-Assertion").GetString()!.Split('.').Length);
        Assert.Contains("tenant_mismatch", answers[2].Body);
        Assert.Contains("Issuer development: keys from our own key ring", gateway.Output);
        Assert.Equal(0, await gateway.StopAsync());
    }

    [Fact]
    public async Task The_requests_are_printed_for_the_address_that_was_bound()
    {
        await using var gateway = await GatewayProcess.StartAsync(["serve"], Demonstration("Development"), new Dictionary<string, string> { ["appsettings.json"] = Settings });
        var line = await gateway.Line("Sallyport listens on http://127.0.0.1:");
        Assert.DoesNotContain(":0", line[^2..]);
        Assert.Contains("curl -i '" + line["Sallyport listens on ".Length..].Trim(), await gateway.Line("curl -i "));
    }

    [Fact]
    public async Task Production_refuses_the_demonstration_and_Development_serves_it()
    {
        var files = new Dictionary<string, string> { ["appsettings.json"] = Settings };
        var refused = await GatewayProcess.RunAsync([], Demonstration("Production"), files);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("$.Sallyport.Demonstration.Upstream", refused.Errors);
        Assert.Contains("$.Sallyport.Demonstration.Requests", refused.Errors);
        Assert.Equal("", refused.Output);

        // Named by nobody, the environment is Production.
        var unnamed = Demonstration("Production");
        unnamed.Remove("ASPNETCORE_ENVIRONMENT");
        Assert.Equal(1, (await GatewayProcess.RunAsync([], unnamed, files)).ExitCode);

        await using var served = await GatewayProcess.StartAsync(["--environment", "Development"], Demonstration("Production"), files);
        await served.Line("Sallyport listens on");
    }

    [Fact]
    public async Task In_Production_neither_the_upstream_nor_the_issuer_nor_the_greeting_exists()
    {
        var shop = new Shop();
        await using var gateway = await GatewayProcess.StartAsync(["serve", "--config", "shop.json"], files: ShopFiles(shop));
        await gateway.Line("Application started");
        Assert.DoesNotContain("curl", gateway.Output);
        Assert.Contains("Issuer corp: keys from JWK Set in the configuration", gateway.Output);
        Assert.Contains("Issuer partner: keys from JWKS at https://partner.example/jwks", gateway.Output);
        Assert.Equal(0, await gateway.StopAsync());
    }

    [Fact]
    public async Task An_address_in_use_is_one_clear_line_and_exit_code_1()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var address = $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}";
        var shop = new Shop();
        var result = await GatewayProcess.RunAsync(["serve", "--config", "shop.json"], new Dictionary<string, string> { ["URLS"] = address }, ShopFiles(shop, urls: address));
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(address, Assert.Single(result.Errors.TrimEnd().Split('\n')));
        Assert.Contains("name another address: Urls", result.Errors);
        Assert.DoesNotContain("   at ", result.Output + result.Errors);
    }

    [Fact]
    [Trait("Acceptance", "B6")]
    public async Task A_route_that_does_not_say_who_may_pass_refuses_to_start_and_is_named()
    {
        var shop = new Shop();
        var configuration = shop.Configuration();
        configuration["ReverseProxy"]!["Routes"]!["either"]!.AsObject().Remove("AuthorizationPolicy");
        var refused = await GatewayProcess.RunAsync(["serve", "--config", "shop.json"], files: new Dictionary<string, string> { ["shop.json"] = configuration.ToJsonString() });
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("$.ReverseProxy.Routes.either.AuthorizationPolicy", refused.Errors);
        Assert.Equal("", refused.Output);

        await using var served = await GatewayProcess.StartAsync(["serve", "--config", "shop.json"], files: ShopFiles(shop));
        await served.Line("Application started");
    }

    [Fact]
    public async Task Every_mistake_is_told_at_once()
    {
        var configuration = new Shop().Configuration();
        configuration["Sallyport"]!["TrustedIssuers"]!["corp"]!.AsObject().Remove("Audiences");
        configuration["Sallyport"]!["Policies"]!["orders"]!["Isuers"] = "corp";
        configuration["ReverseProxy"]!["Routes"]!["either"]!["ClusterId"] = "nowhere";
        var refused = await GatewayProcess.RunAsync(["--config", "shop.json"], files: new Dictionary<string, string> { ["shop.json"] = configuration.ToJsonString() });
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("$.Sallyport.TrustedIssuers.corp.Audiences", refused.Errors);
        Assert.Contains("$.Sallyport.Policies.orders.Isuers", refused.Errors);
        Assert.Contains("$.ReverseProxy.Routes.either.ClusterId", refused.Errors);
    }

    [Fact]
    public async Task A_later_configuration_file_wins()
    {
        var shop = new Shop();
        var files = ShopFiles(shop);
        files["more.json"] = """{ "ReverseProxy": { "Routes": { "either": { "AuthorizationPolicy": "nobody-knows" } } } }""";
        Assert.Equal(1, (await GatewayProcess.RunAsync(["--config", "shop.json", "--config", "more.json"], files: files)).ExitCode);
        await using var served = await GatewayProcess.StartAsync(["--config", "more.json", "--config", "shop.json"], files: files);
        await served.Line("Application started");
    }

    private static Dictionary<string, string> ShopFiles(Shop shop, string? urls = null)
    {
        var configuration = shop.Configuration();
        if (urls is not null) configuration["Urls"] = urls;
        return new() { ["shop.json"] = configuration.ToJsonString() };
    }

    private static Dictionary<string, string> Demonstration(string environment)
    {
        var upstream = $"http://127.0.0.1:{FreePort.Next()}";
        return new()
        {
            ["ASPNETCORE_ENVIRONMENT"] = environment,
            ["URLS"] = "http://127.0.0.1:0",
            ["Sallyport__Admin__Url"] = $"http://127.0.0.1:{FreePort.Next()}",
            ["Sallyport__Demonstration__Upstream"] = upstream,
            ["ReverseProxy__Clusters__demonstration__Destinations__echo__Address"] = upstream,
            ["ReverseProxy__Clusters__orders__Destinations__echo__Address"] = upstream,
        };
    }

    [GeneratedRegex("^curl -i '(?<url>[^']+)'( -H '(?<name>[^:']+): (?<value>[^']+)')?$", RegexOptions.ExplicitCapture)]
    private static partial Regex CurlLine();
}
