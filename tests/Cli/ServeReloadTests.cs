using System.Net;
using System.Text.Json.Nodes;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Cli;

public sealed class ServeReloadTests
{
    [Fact]
    public async Task An_edited_file_is_taken_up_and_a_broken_one_is_told_and_left()
    {
        var key = TestKey.New("ES256");
        await using var issuer = await IssuerServer.StartAsync(key.PublicJwk("k1"));
        await using var upstream = await RecordingUpstream.StartAsync();
        var json = House.Configuration(issuer, upstream);
        json["Urls"] = "http://127.0.0.1:0";
        json["Sallyport"]!["Admin"] = JsonNode.Parse("""{ "Url": "http://127.0.0.1:0" }""");

        await using var gateway = await GatewayProcess.StartAsync(
            ["serve", "--config", "gateway.json"],
            new Dictionary<string, string> { ["ASPNETCORE_ENVIRONMENT"] = "Development" },
            new Dictionary<string, string> { ["gateway.json"] = json.ToJsonString() });
        var line = await gateway.Line("Now listening on: http://127.0.0.1:");
        var file = Path.Combine(gateway.Directory, "gateway.json");
        using var client = new HttpClient { BaseAddress = new Uri(line[line.IndexOf("http://127", StringComparison.Ordinal)..].Trim()) };
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/added")).StatusCode);

        json["ReverseProxy"]!["Routes"]!["added"] = JsonNode.Parse("""{ "ClusterId": "upstream", "AuthorizationPolicy": "Anonymous", "Match": { "Path": "/added" } }""");
        await File.WriteAllTextAsync(file, json.ToJsonString());
        await Poll.Until(async () => (await client.GetAsync("/added")).StatusCode == HttpStatusCode.OK);

        await File.WriteAllTextAsync(file, json.ToJsonString()[..^20]);
        await gateway.Line("gateway.json");
        json["ReverseProxy"]!["Routes"]!["added"]!.AsObject().Remove("AuthorizationPolicy");
        await File.WriteAllTextAsync(file, json.ToJsonString());
        await gateway.Line("the running one stays in force");
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/added")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/any")).StatusCode);
        Assert.Equal(0, await gateway.StopAsync());
    }
}
