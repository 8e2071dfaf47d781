using System.CommandLine;
using NBomber.Contracts;
using NBomber.CSharp;

namespace Sallyport.LoadTests.Scenarios;

/// <summary>Five times the traffic within a moment, and back: nothing fails, and afterwards it is as fast as before.</summary>
internal static class Spike
{
    private const int Times = 5;
    private const int Tokens = 1_000;

    public static Command Verb() =>
        ScenarioVerb.Of("spike", "Five times the traffic within a moment, and back; no request fails, and afterwards it is as fast as before", 36, 1_000, PlayAsync);

    private static async Task PlayAsync(Stage stage, ParseResult parse, CancellationToken cancellation)
    {
        var gateway = await stage.StartGatewayAsync(adjust: null, cancellation);
        var requests = SignedRequests.Of(stage.Issuer, stage.Issuer.Keys, Tokens);
        using var callers = new Callers(gateway.EndPoint);
        var (rate, second) = (stage.Shape.Rate, TimeSpan.FromSeconds(1));
        var (calm, edge, height) = (stage.Shape.Part(0.3), stage.Shape.Part(0.03), stage.Shape.Part(0.3));
        var noneFails = Threshold.Create(s => s.AllFailCount == 0);

        // One after another: each pauses while the others load.
        var stats = await stage.RunAsync(
            "spike",
            callers.Scenario("before", requests.Next)
                .WithWarmUpDuration(stage.Shape.WarmUp)
                .WithLoadSimulations(Simulation.Inject(rate, second, calm))
                .WithThresholds(noneFails),
            callers.Scenario("spike", requests.Next)
                .WithLoadSimulations(
                    Simulation.Pause(calm),
                    Simulation.RampingInject(rate * Times, second, edge),
                    Simulation.Inject(rate * Times, second, height),
                    Simulation.RampingInject(rate, second, edge))
                .WithThresholds(noneFails),
            callers.Scenario("after", requests.Next)
                .WithLoadSimulations(Simulation.Pause(calm + edge + height + edge), Simulation.Inject(rate, second, calm))
                .WithThresholds(noneFails));

        var latencies = stats.ScenarioStats.ToDictionary(s => s.ScenarioName, s => s.Ok.Latency, StringComparer.Ordinal);
        var during = latencies["spike"];
        stage.ExpectAsFast("after the spike", latencies["after"], "before it", latencies["before"]);
        stage.Note($"p50 {during.Percent50:0.0} ms, p99 {during.Percent99:0.0} ms in the spike of {rate * Times} a second");
    }
}
