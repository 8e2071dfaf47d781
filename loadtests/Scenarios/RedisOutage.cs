using System.CommandLine;
using System.Text.Json.Nodes;
using NBomber.Contracts;
using NBomber.CSharp;

namespace Sallyport.LoadTests.Scenarios;

/// <summary>Redis is killed, comes back empty, is frozen and thawed; two gateways that share it let all good requests pass, those of new keys, too.</summary>
/// <remarks>The issuer signs with a new key all the time, and at once: whoever meets it first has to ask somebody, Redis or no Redis.</remarks>
internal static class RedisOutage
{
    private const string Well = "redis well";
    private const string Ready = "Ready";
    private const int Tokens = 1_000;
    private const int Published = 4;
    private const int RotateEvery = 2;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static readonly (string Name, double Share)[] Times =
    [
        (Well, 0.2),
        ("redis killed", 0.25),
        ("redis back, empty", 0.15),
        ("redis frozen", 0.25),
        ("redis thawed", 0.15),
    ];

    public static Command Verb() =>
        ScenarioVerb.Of("redis-outage", "Redis is killed, comes back empty, is frozen and thawed, while keys rotate; no good request fails", 40, 2_000, PlayAsync);

    private static async Task PlayAsync(Stage stage, ParseResult parse, CancellationToken cancellation)
    {
        var redis = await stage.StartRedisAsync(cancellation);
        GatewayProcess[] gateways = [await stage.StartGatewayAsync(adjust: null, cancellation), await stage.StartGatewayAsync(adjust: null, cancellation)];
        var (steady, current) = (SignedRequests.Of(stage.Issuer, [stage.Issuer.Keys[0]], Tokens), SignedRequests.Of(stage.Issuer, stage.Issuer.Keys, Tokens));
        var (first, rotations) = (stage.Issuer.Keys[0], 0);
        using Fleet users = new(gateways), newcomers = new(gateways);
        var now = Well;
        var total = TimeSpan.FromTicks(Times.Sum(time => stage.Shape.Part(time.Share).Ticks));

        var outage = Scenario.Create("outage", async context =>
            {
                foreach (var (name, share) in Times)
                {
                    await (name switch
                    {
                        "redis killed" => redis.KillAsync(),
                        "redis back, empty" => redis.StartAgainAsync(context.ScenarioCancellationToken),
                        "redis frozen" => redis.FreezeAsync(),
                        "redis thawed" => redis.ThawAsync(),
                        _ => Task.CompletedTask,
                    });
                    Volatile.Write(ref now, name);
                    if (name == Times[^1].Name) break;
                    await Task.Delay(stage.Shape.Part(share), context.ScenarioCancellationToken);
                }

                return Response.Ok();
            })
            .WithoutWarmUp()
            .WithLoadSimulations(Simulation.IterationsForConstant(1, 1));

        var good = Scenario.Create("good", async context =>
                await Step.Run(Volatile.Read(ref now), context, () => users.SendAsync(steady.Next(), context.ScenarioCancellationToken, 200)))
            .WithInit(_ => users.OpenAsync(cancellation))
            .WithWarmUpDuration(stage.Shape.WarmUp)
            .WithLoadSimulations(Simulation.Inject(stage.Shape.Rate, Second, total))
            .WithThresholds(Threshold.Create(s => s.AllFailCount == 0));

        var fresh = newcomers.Scenario("good, of the newest key", () => Volatile.Read(ref current).Next(), 200)
            .WithLoadSimulations(Simulation.Inject(Math.Max(1, stage.Shape.Rate / 20), Second, total))
            .WithThresholds(Threshold.Create(s => s.AllFailCount == 0));

        var rotation = Scenario.Create("rotation", _ =>
            {
                var key = stage.Issuer.NewKey("ES256");
                var requests = SignedRequests.Of(stage.Issuer, [key], Tokens / 10);
                // The first key stays: its tokens are the steady ones.
                stage.Issuer.Publish([key, .. stage.Issuer.Keys.Where(k => k != first).Take(Published), first]);
                Interlocked.Increment(ref rotations);
                Volatile.Write(ref current, requests);
                return Task.FromResult<IResponse>(Response.Ok());
            })
            .WithoutWarmUp()
            .WithLoadSimulations(Simulation.Inject(1, RotateEvery * Second, total));

        var stats = await stage.RunAsync("redis-outage", good, fresh, outage, rotation);

        var steps = stats.ScenarioStats.Single(s => s.ScenarioName == "good").StepStats.ToDictionary(s => s.StepName, s => s.Ok, StringComparer.Ordinal);
        foreach (var (name, _) in Times)
        {
            stage.Note($"{name}: {steps[name].Request.Count} good requests passed, p50 {steps[name].Latency.Percent50:0.0} ms, p99 {steps[name].Latency.Percent99:0.0} ms");
            if (name != Well) stage.ExpectAsFast(name, steps[name].Latency, "with redis well", steps[Well].Latency);
        }

        // Without Redis each gateway asks by itself, and once more when they agree again.
        var most = (2 * rotations) + gateways.Length + 2;
        stage.Expect(stage.Issuer.Fetches <= most, $"{rotations} rotations at {gateways.Length} gateways made {stage.Issuer.Fetches} fetches: at most {most}");
        foreach (var gateway in gateways)
        {
            var status = await SettledAsync(gateway, cancellation);
            stage.Expect(status == Ready, $"a gateway's health afterwards: {status}");
        }
    }

    /// <summary>Its status once it is no longer degraded, or after ten seconds.</summary>
    private static async Task<string> SettledAsync(GatewayProcess gateway, CancellationToken cancellation)
    {
        for (var tries = 0; ; tries++)
        {
            var status = (string)JsonNode.Parse((await gateway.HealthAsync(cancellation)).Said)!["status"]!;
            if (status == Ready || tries == 100) return status;
            await Task.Delay(100, cancellation);
        }
    }
}
