using System.CommandLine;
using System.Net;
using NBomber.Contracts;
using NBomber.CSharp;

namespace Sallyport.LoadTests.Scenarios;

/// <summary>The issuer hangs, fails, drops connections, and comes back: tokens of known keys never notice, those of others get 503, never 401.</summary>
/// <remarks>Keys are due again every second, so that the gateway asks all the time; what good requests met is a step of each time.</remarks>
internal static class IssuerOutage
{
    private const string Well = "issuer well";
    private const string Back = "issuer back";
    private const int Tokens = 1_000;
    private const int Newcomers = 10;
    private const double Slack = 4;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static readonly (string Name, IssuerCondition Condition, double Share)[] Times =
    [
        (Well, IssuerCondition.Well, 0.2),
        ("issuer hangs", IssuerCondition.Hangs, 0.2),
        ("issuer fails", IssuerCondition.Fails, 0.2),
        ("issuer drops", IssuerCondition.Drops, 0.15),
        (Back, IssuerCondition.Well, 0.25),
    ];

    public static Command Verb() =>
        ScenarioVerb.Of("issuer-outage", "The issuer hangs, fails, drops connections and comes back; tokens of known keys all pass, others get 503 until it is back", 40, 2_000, PlayAsync);

    private static async Task PlayAsync(Stage stage, ParseResult parse, CancellationToken cancellation)
    {
        var gateway = await stage.StartGatewayAsync(
            configuration =>
            {
                var keys = configuration["Sallyport"]!["TrustedIssuers"]!["corp"]!["Keys"]!;
                foreach (var name in (string[])["SoftExpiry", "Cooldown", "Timeout"]) keys[name] = Second.ToString();
            },
            cancellation);
        var requests = SignedRequests.Of(stage.Issuer, stage.Issuer.Keys, Tokens);
        var key = stage.Issuer.NewKey("ES256");
        using Callers users = new(gateway.EndPoint), others = new(gateway.EndPoint);
        var newcomer = new Newcomer(others, SignedRequests.Of(stage.Issuer, [key], Tokens), meanwhile: 503);
        var (now, healthy) = (Well, true);
        var total = TimeSpan.FromTicks(Times.Sum(time => stage.Shape.Part(time.Share).Ticks));

        var outage = Scenario.Create("outage", async context =>
            {
                foreach (var (name, condition, share) in Times)
                {
                    if (name == Back)
                    {
                        newcomer.Published();
                        stage.Issuer.Publish([key, .. stage.Issuer.Keys]);
                    }

                    stage.Issuer.Condition = condition;
                    Volatile.Write(ref now, name);
                    if (name == Back) break;
                    await Task.Delay(stage.Shape.Part(share), context.ScenarioCancellationToken);
                    healthy &= (await gateway.HealthAsync(context.ScenarioCancellationToken)).Status == HttpStatusCode.OK;
                }

                return Response.Ok();
            })
            .WithoutWarmUp()
            .WithLoadSimulations(Simulation.IterationsForConstant(1, 1));

        var good = Scenario.Create("good", async context =>
                await Step.Run(Volatile.Read(ref now), context, () => users.SendAsync(requests.Next(), 200, context.ScenarioCancellationToken)))
            .WithInit(_ => users.OpenAsync(cancellation))
            .WithWarmUpDuration(stage.Shape.WarmUp)
            .WithLoadSimulations(Simulation.Inject(stage.Shape.Rate, Second, total))
            .WithThresholds(Threshold.Create(s => s.AllFailCount == 0));

        // A second into the outage: before it, the answer to a key that nobody published is 401.
        var tries = Scenario.Create("newcomer", newcomer.TryAsync)
            .WithoutWarmUp()
            .WithLoadSimulations(
                Simulation.Pause(stage.Shape.Part(Times[0].Share) + Second),
                Simulation.Inject(Newcomers, Second, total - stage.Shape.Part(Times[0].Share) - Second))
            .WithThresholds(Threshold.Create(s => s.AllFailCount == 0));

        var stats = await stage.RunAsync("issuer-outage", good, tries, outage);

        var steps = stats.ScenarioStats.Single(s => s.ScenarioName == "good").StepStats.ToDictionary(s => s.StepName, s => s.Ok, StringComparer.Ordinal);
        foreach (var (name, _, _) in Times)
        {
            stage.Note($"{name}: {steps[name].Request.Count} good requests passed, p50 {steps[name].Latency.Percent50:0.0} ms, p99 {steps[name].Latency.Percent99:0.0} ms");
            if (name != Well) stage.ExpectAsFast(name, steps[name].Latency, "with the issuer well", steps[Well].Latency);
        }

        stage.Expect(healthy, $"the gateway went on saying that it is ready");
        var most = (int)total.TotalSeconds * 2;
        stage.Expect(stage.Issuer.Fetches <= most, $"the issuer was asked for its keys {stage.Issuer.Fetches} times in {total.TotalSeconds:0} s: at most {most}, as keys are due and as the cooldown lets");
        var statuses = stats.ScenarioStats.Single(s => s.ScenarioName == "newcomer").Ok.StatusCodes;
        stage.Note($"a token of a key that the gateway could not fetch: {string.Join(", then ", statuses.OrderByDescending(s => s.StatusCode).Select(s => $"{s.Count} times {s.StatusCode}"))}");
        if (stage.Shape.Part(Times[^1].Share).TotalSeconds < Slack) stage.Note($"too short to see how long a new key takes once the issuer is back");
        else stage.Expect(newcomer.Waited?.TotalSeconds <= Slack && newcomer.LastStatus == 200, $"it passed {newcomer.Waited?.TotalSeconds:0.0} s after the issuer was back: at most {Slack:0}");
    }
}
