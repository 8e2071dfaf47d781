using System.Globalization;
using System.Text.Json.Nodes;

namespace Sallyport.LoadTests.Compare;

/// <summary>Starts the proxies of a run, before one upstream, for tokens of one issuer.</summary>
/// <param name="gateway">The path of the gateway's assembly.</param>
/// <param name="directory">For configuration and keys; the working directory of all.</param>
/// <param name="forge">The issuer.</param>
/// <param name="upstream">Where requests go.</param>
internal sealed class Launcher(string gateway, string directory, TokenForge forge, ChildProcess upstream)
{
    private int _gateways;

    /// <summary>The issuer's public keys, as a JWK Set.</summary>
    public JsonNode PublicKeys => Configuration("http://127.0.0.1:1")["Sallyport"]!["TrustedIssuers"]!["corp"]!["Keys"]!["Inline"]!;

    public async Task<ChildProcess> StartAsync(Contender contender, int port, CancellationToken cancellation)
    {
        switch (contender)
        {
            case Contender.Bare:
                return await Own(["bare-yarp", $"{port}", upstream.Url]);
            case Contender.Stock:
                var keys = Path.Combine(directory, "keys.json");
                await File.WriteAllTextAsync(keys, PublicKeys.ToJsonString(), cancellation);
                return await Own(["stock-yarp", $"{port}", upstream.Url, TokenForge.Issuer, keys]);
            case Contender.HaProxy:
                return await HaProxy.StartAsync(directory, port, upstream.EndPoint, TokenForge.Issuer, PublicKeys["keys"]!.AsArray(), cancellation);
            case Contender.Nginx:
                return await Nginx.StartAsync(directory, port, upstream.EndPoint, cancellation);
            default:
                return await StartGatewayAsync(port, contender == Contender.AssertingGateway ? json => Assert(json, port) : null, cancellation);
        }

        Task<ChildProcess> Own(IEnumerable<string> arguments) => ChildProcess.StartAsync("sallyport-loadtests.dll", directory, port, arguments, cancellation);
    }

    /// <param name="port">Where it listens.</param>
    /// <param name="change">What its configuration has beside the ordinary one.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public async Task<ChildProcess> StartGatewayAsync(int port, Action<JsonNode>? change, CancellationToken cancellation)
    {
        var json = Configuration(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
        change?.Invoke(json);
        var file = Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"gateway-{++_gateways}.json"));
        await File.WriteAllTextAsync(file, json.ToJsonString(), cancellation);
        return await ChildProcess.StartAsync(gateway, directory, port, ["serve", "--config", file], cancellation);
    }

    private static void Assert(JsonNode json, int port)
    {
        json["Sallyport"]!["Issuer"] = new JsonObject
        {
            ["Issuer"] = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"),
            ["Keys"] = new JsonObject { ["Store"] = "Memory" },
            ["Assertions"] = new JsonObject { ["Lifetime"] = "00:05:00", ["Claims"] = new JsonObject { ["org"] = "org_id" } },
        };
        json["ReverseProxy"]!["Clusters"]!["upstream"]!["Metadata"] = new JsonObject { ["Sallyport:Audience"] = "orders" };
    }

    private JsonNode Configuration(string url) =>
        JsonNode.Parse(forge.GatewayConfiguration(url, string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{ChildProcess.FreePort()}"), upstream.Url))!;
}
