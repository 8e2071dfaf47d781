using System.CommandLine;
using System.Text.Json.Nodes;
using NBomber.Contracts;
using NBomber.CSharp;

namespace Sallyport.LoadTests.Scenarios;

/// <summary>Every request brings an assertion, and the service checks each by itself: tokens that come again, and tokens that never came before.</summary>
internal static class Assertions
{
    private const string Path = "/asserted/acme/17";
    private const int Tokens = 1_000;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    public static Command Verb() =>
        ScenarioVerb.Of("assertions", "Every request brings an assertion that the service checks; all are good, for tokens that come again and for new ones", 30, 1_000, PlayAsync);

    private static async Task PlayAsync(Stage stage, ParseResult parse, CancellationToken cancellation)
    {
        var upstream = stage.Keep(await AssertingUpstream.StartAsync(cancellation));
        var gateway = await stage.StartGatewayAsync(Configure, cancellation);
        upstream.JwksUri = gateway.Process.Url + "/.well-known/jwks.json";
        var time = stage.Shape.Part(1 / 3d);
        var (least, sent) = (stage.Shape.Rate * 0.95, 0);

        using var plainly = new Callers(gateway.EndPoint);
        var without = SignedRequests.Of(stage.Issuer, stage.Issuer.Keys, Tokens);
        var calm = (await PartAsync("without", plainly.Scenario("good", without.Next).WithWarmUpDuration(stage.Shape.WarmUp))).ScenarioStats[0];

        foreach (var (name, count) in new[] { ("repeated", Tokens), ("distinct", (int)(stage.Shape.Rate * time.TotalSeconds)) })
        {
            var requests = new SignedRequests(
                [.. Enumerable.Range(0, count).Select(i => Traffic.Get(Path, stage.Issuer.Token(stage.Issuer.Keys[i % stage.Issuer.Keys.Count])))]);
            using var callers = new Callers(gateway.EndPoint);
            var part = (await PartAsync(name, callers.Scenario("good", requests.Next))).ScenarioStats[0];
            sent += part.AllOkCount;
            stage.Note($"{name} tokens: p50 {part.Ok.Latency.Percent50:0.00} ms, p99 {part.Ok.Latency.Percent99:0.00} ms; without assertions {calm.Ok.Latency.Percent50:0.00} and {calm.Ok.Latency.Percent99:0.00}");
        }

        stage.Expect(upstream.Checked == sent && upstream.Refusals.Count == 0, $"the service checked the assertions of {sent} requests, and {upstream.Checked} were good; others: {string.Join(", ", upstream.Refusals.Select(r => $"{r.Value} {r.Key}"))}");

        Task<NBomber.Contracts.Stats.NodeStats> PartAsync(string name, ScenarioProps scenario) => stage.RunAsync(
            "assertions-" + name,
            scenario.WithLoadSimulations(Simulation.Inject(stage.Shape.Rate, Second, time))
                .WithThresholds(Threshold.Create(s => s.AllFailCount == 0), Threshold.Create(s => s.Ok.Request.RPS >= least)));

        void Configure(JsonObject configuration)
        {
            configuration["Sallyport"]!["Issuer"] = new JsonObject { ["Issuer"] = AssertingUpstream.Issuer, ["Keys"] = new JsonObject { ["Store"] = "Memory" } };
            configuration["Sallyport"]!["Audit"] = new JsonObject { ["Sink"] = "File", ["Directory"] = "audit" };
            GatewayConfiguration.AddRoute(configuration, "asserted", "orders-read", "/asserted/{tenant}/{**rest}", upstream.Url)["Metadata"] =
                new JsonObject { ["Sallyport:Audience"] = AssertingUpstream.Audience };
        }
    }
}
