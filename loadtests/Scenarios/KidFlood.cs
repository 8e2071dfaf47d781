using System.CommandLine;
using System.Net;
using NBomber.Contracts;
using NBomber.CSharp;

namespace Sallyport.LoadTests.Scenarios;

/// <summary>Somebody sends tokens with made-up key names: good traffic goes on as without, and the issuer hardly notices.</summary>
/// <remarks>
/// Three runs: good traffic alone; beside a flood from another address; beside a flood from its own address, as behind a load balancer. In the middle of
/// each flood the issuer publishes a key, and a user of that key tries once a second until it passes: within the cooldown where the flood has another
/// address than this user, within two where it has the same.
/// </remarks>
internal static class KidFlood
{
    private const int Tokens = 1_000;
    private const double Slack = 2;

    private static readonly TimeSpan LeastToCompare = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Cooldown = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly IPAddress Home = IPAddress.Loopback;
    private static readonly IPAddress Abroad = IPAddress.Parse("127.0.0.2");

    private static readonly Option<int> Flood = new("--flood")
    {
        Description = "Tokens with made-up key names per second.", DefaultValueFactory = _ => 2_000,
    };

    public static Command Verb() =>
        ScenarioVerb.Of("kid-flood", "2,000 made-up key names a second beside good traffic, which loses no request and under 5 % of its throughput", 36, 2_000, PlayAsync, Flood);

    private static async Task PlayAsync(Stage stage, ParseResult parse, CancellationToken cancellation)
    {
        var gateway = await stage.StartGatewayAsync(
            configuration => configuration["Sallyport"]!["TrustedIssuers"]!["corp"]!["Keys"]!["Cooldown"] = Cooldown.ToString(), cancellation);
        var good = SignedRequests.Of(stage.Issuer, stage.Issuer.Keys, Tokens);
        var time = stage.Shape.Part(1 / 3d);
        var flood = parse.GetValue(Flood);

        using var alone = new Callers(gateway.EndPoint, Home);
        var calm = await stage.RunAsync("kid-flood-without", Good(alone).WithWarmUpDuration(stage.Shape.WarmUp).WithThresholds(Threshold.Create(s => s.AllFailCount == 0)));
        var (throughput, latency) = (calm.ScenarioStats[0].Ok.Request.RPS, calm.ScenarioStats[0].Ok.Latency);
        stage.Note($"without a flood: {throughput:0} good requests a second, p50 {latency.Percent50:0.0} ms, p99 {latency.Percent99:0.0} ms");

        await FloodAsync("kid-flood", Abroad, "another address", turns: 1);
        await FloodAsync("kid-flood-same-address", Home, "the same address", turns: 2);

        ScenarioProps Good(Callers callers) =>
            callers.Scenario("good", good.Next).WithLoadSimulations(Simulation.Inject(stage.Shape.Rate, Second, time));

        async Task FloodAsync(string test, IPAddress from, string where, int turns)
        {
            using Callers users = new(gateway.EndPoint, Home), flooders = new(gateway.EndPoint, from);
            var kids = RandomKids.Of(stage.Issuer, (int)(flood * time.TotalSeconds));
            var key = stage.Issuer.NewKey("ES256");
            var newcomer = new Newcomer(users, SignedRequests.Of(stage.Issuer, [key], Tokens), meanwhile: 401);
            var publication = Scenario.Create("publication", _ =>
                {
                    newcomer.Published();
                    stage.Issuer.Publish([key, .. stage.Issuer.Keys]);
                    return Task.FromResult<IResponse>(Response.Ok());
                })
                .WithoutWarmUp()
                .WithLoadSimulations(Simulation.Pause(time / 3), Simulation.IterationsForInject(1, Second, 1));
            var (fetched, least) = (stage.Issuer.Fetches, throughput * 0.95);

            var stats = await stage.RunAsync(
                test,
                Good(users).WithThresholds(Threshold.Create(s => s.AllFailCount == 0), Threshold.Create(s => s.Ok.Request.RPS >= least)),
                flooders.Scenario("flood", kids.Next, expected: 401)
                    .WithLoadSimulations(Simulation.Inject(flood, Second, time))
                    .WithThresholds(Threshold.Create(s => s.AllFailCount == 0)),
                publication,
                Scenario.Create("newcomer", newcomer.TryAsync)
                    .WithoutWarmUp()
                    .WithLoadSimulations(Simulation.Pause(time / 3), Simulation.Inject(1, Second, time - time / 3))
                    .WithThresholds(Threshold.Create(s => s.AllFailCount == 0)));

            var beside = stats.ScenarioStats.Single(s => s.ScenarioName == "good").Ok;
            stage.Note($"flood from {where}: {beside.Request.RPS:0} good requests a second, {beside.Request.RPS / throughput:0.000} of those without, p50 {beside.Latency.Percent50:0.0} ms, p99 {beside.Latency.Percent99:0.0} ms");
            if (time >= LeastToCompare) stage.ExpectAsFast($"good requests beside a flood from {where}", beside.Latency, "without", latency);
            fetched = stage.Issuer.Fetches - fetched;
            var most = (int)(time / Cooldown) + 2;
            stage.Expect(fetched <= most, $"{kids.Count} made-up names made the gateway ask the issuer {fetched} times: at most once a cooldown, {most}");
            var allowed = turns * Cooldown.TotalSeconds + Slack;
            if (time - time / 3 < TimeSpan.FromSeconds(allowed)) stage.Note($"too short to see how long a new key takes beside the flood");
            else stage.Expect(newcomer.Waited?.TotalSeconds <= allowed, $"a key published beside the flood passed after {newcomer.Waited?.TotalSeconds:0.0} s: at most {allowed:0}");
        }
    }
}
