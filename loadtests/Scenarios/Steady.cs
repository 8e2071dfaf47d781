using System.CommandLine;
using NBomber.Contracts;
using NBomber.CSharp;

namespace Sallyport.LoadTests.Scenarios;

/// <summary>An ordinary day: a rate that is reached, held, and then unsteady, with a thousand users of three algorithms.</summary>
internal static class Steady
{
    private const int Tokens = 1_000;

    private static readonly Option<double> P99 = new("--p99")
    {
        Description = "The p99 in milliseconds that the run has to keep.", DefaultValueFactory = _ => 250,
    };

    public static Command Verb() =>
        ScenarioVerb.Of("steady", "An ordinary day: a rate that is reached, held, and then unsteady; no request fails", 30, 2_000, PlayAsync, P99);

    private static async Task PlayAsync(Stage stage, ParseResult parse, CancellationToken cancellation)
    {
        var gateway = await stage.StartGatewayAsync(adjust: null, cancellation);
        var requests = SignedRequests.Of(stage.Issuer, stage.Issuer.Keys, Tokens);
        using var callers = new Callers(gateway.EndPoint);
        var (rate, second) = (stage.Shape.Rate, TimeSpan.FromSeconds(1));
        var (limit, least) = (parse.GetValue(P99), rate * 0.7);

        await stage.RunAsync("steady", callers.Scenario("good", requests.Next)
            .WithWarmUpDuration(stage.Shape.WarmUp)
            .WithLoadSimulations(
                Simulation.RampingInject(rate, second, stage.Shape.Part(0.1)),
                Simulation.Inject(rate, second, stage.Shape.Part(0.6)),
                Simulation.InjectRandom(rate / 2 + 1, rate * 3 / 2 + 1, second, stage.Shape.Part(0.3)))
            .WithThresholds(
                Threshold.Create(s => s.AllFailCount == 0),
                Threshold.Create(s => s.Ok.Request.RPS >= least),
                Threshold.Create(s => s.Ok.Latency.Percent99 <= limit)));

        stage.Expect(stage.Issuer.Fetches == 1, $"the issuer was asked for its keys once: {stage.Issuer.Fetches}");
        stage.Note($"the gateway took {gateway.Process.Memory(isPeak: true):0} MiB at its peak");
    }
}
