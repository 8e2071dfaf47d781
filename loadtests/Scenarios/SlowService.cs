using System.CommandLine;
using System.Text.Json.Nodes;
using NBomber.Contracts;
using NBomber.CSharp;

namespace Sallyport.LoadTests.Scenarios;

/// <summary>One service takes seconds, and sometimes for ever: requests to the others are as fast as before, and what waits costs little.</summary>
internal static class SlowService
{
    private const int Tokens = 1_000;
    private const double AllowedMebibytes = 96;
    private const int Spare = 64;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    private static readonly Option<int> SlowRate = new("--slow")
    {
        Description = "Requests per second to the slow service; a twentieth of them never gets an answer.", DefaultValueFactory = _ => 100,
    };

    public static Command Verb() =>
        ScenarioVerb.Of("slow-upstream", "One service takes three seconds, or for ever; requests to the others are as fast as before", 30, 1_500, PlayAsync, SlowRate);

    private static async Task PlayAsync(Stage stage, ParseResult parse, CancellationToken cancellation)
    {
        var slow = stage.Keep(await SlowUpstream.StartAsync(Delay, cancellation));
        var gateway = await stage.StartGatewayAsync(Configure, cancellation);
        var requests = SignedRequests.Of(stage.Issuer, stage.Issuer.Keys, Tokens);
        var waiting = new SignedRequests([.. Enumerable.Range(0, Tokens).Select(_ => Traffic.Get("/slow/acme/17", stage.Issuer.Token(stage.Issuer.Keys[0])))]);
        var stuck = new SignedRequests([.. Enumerable.Range(0, Tokens).Select(_ => Traffic.Get("/slow/acme/never", stage.Issuer.Token(stage.Issuer.Keys[0])))]);
        var (alone, together) = (stage.Shape.Part(1 / 3d), stage.Shape.Part(2 / 3d));
        var (slowly, never) = (parse.GetValue(SlowRate), Math.Max(1, parse.GetValue(SlowRate) / 20));

        using Callers first = new(gateway.EndPoint), users = new(gateway.EndPoint), waiters = new(gateway.EndPoint), patient = new(gateway.EndPoint);
        var calm = (await stage.RunAsync("slow-upstream-without", Good(first).WithWarmUpDuration(stage.Shape.WarmUp).WithLoadSimulations(Simulation.Inject(stage.Shape.Rate, Second, alone)))).ScenarioStats[0];
        var (memory, handles, most) = (gateway.Process.Memory(isPeak: false), Handles(), 0);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var watching = WatchAsync(over.Token);

        var stats = await stage.RunAsync(
            "slow-upstream",
            Good(users).WithLoadSimulations(Simulation.Inject(stage.Shape.Rate, Second, together)),
            waiters.Scenario("slow", waiting.Next)
                .WithLoadSimulations(Simulation.RampingInject(slowly, Second, together / 4), Simulation.Inject(slowly, Second, AtLeast(together * 3 / 4 - Patience)))
                .WithThresholds(Threshold.Create(s => s.AllFailCount == 0)),
            patient.Scenario("never", stuck.Next, expected: 504)
                .WithLoadSimulations(Simulation.Inject(never, Second, AtLeast(together - Patience - Second)))
                .WithThresholds(Threshold.Create(s => s.AllFailCount == 0)));

        await over.CancelAsync();
        await watching;
        var beside = stats.ScenarioStats.Single(s => s.ScenarioName == "good").Ok.Latency;
        stage.ExpectAsFast("good requests beside a slow service", beside, "without", calm.Ok.Latency);
        // Each request that waits has a connection of the client and one to the service.
        var allowed = handles + (2 * slow.Most) + Spare + Connections(3);
        stage.Expect(most <= allowed, $"{slow.Most} requests waited at once; the gateway had {handles} handles before and {most} at the most: at most {allowed}");
        var grown = gateway.Process.Memory(isPeak: true) - memory;
        stage.Expect(grown <= AllowedMebibytes, $"it took {grown:0} MiB more: at most {AllowedMebibytes:0}");

        ScenarioProps Good(Callers callers) => callers.Scenario("good", requests.Next).WithThresholds(Threshold.Create(s => s.AllFailCount == 0));

        void Configure(JsonObject configuration) =>
            GatewayConfiguration.AddRoute(configuration, "slow", "orders-read", "/slow/{tenant}/{**rest}", slow.Url)["HttpRequest"] =
                new JsonObject { ["ActivityTimeout"] = Patience.ToString() };

        int Handles() => Directory.EnumerateFileSystemEntries($"/proc/{gateway.Process.Id}/fd").Count();

        async Task WatchAsync(CancellationToken ended)
        {
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
            try
            {
                while (await timer.WaitForNextTickAsync(ended)) most = Math.Max(most, Handles());
            }
            catch (OperationCanceledException)
            {
                // That is its end.
            }
        }
    }

    private static TimeSpan AtLeast(TimeSpan time) => time > Second ? time : Second;

    /// <summary>What so many callers open before they send anything.</summary>
    private static int Connections(int callers) => callers * 64;
}
