using System.CommandLine;
using NBomber.Contracts;
using NBomber.CSharp;

namespace Sallyport.LoadTests.Scenarios;

/// <summary>One token, a thousand, a hundred thousand, more than the gateway remembers: all pass, and its memory stays bounded.</summary>
internal static class Diversity
{
    private const int Many = 1_000;
    private const int Most = 100_000;
    private const double AllowedMebibytes = 150;

    public static Command Verb() =>
        ScenarioVerb.Of("diversity", "1, 1,000 and 100,000 distinct tokens; no request fails, and memory stays bounded", 35, 4_000, PlayAsync);

    private static async Task PlayAsync(Stage stage, ParseResult parse, CancellationToken cancellation)
    {
        var gateway = await stage.StartGatewayAsync(adjust: null, cancellation);
        var (rate, shortly, long_) = (stage.Shape.Rate, stage.Shape.Part(1 / 7d), stage.Shape.Part(5 / 7d));
        var least = rate * 0.95;
        var baseline = 0d;

        // Of the most, each is sent once: what is not sent need not be signed.
        var most = (int)Math.Min(Most, rate * long_.TotalSeconds);
        foreach (var (tokens, time) in new[] { (1, shortly), (Many, shortly), (most, long_) })
        {
            var requests = SignedRequests.Of(stage.Issuer, [stage.Issuer.Keys[0]], tokens);
            using var callers = new Callers(gateway.EndPoint);
            var scenario = callers.Scenario("good", requests.Next)
                .WithLoadSimulations(Simulation.Inject(rate, TimeSpan.FromSeconds(1), time))
                .WithThresholds(Threshold.Create(s => s.AllFailCount == 0), Threshold.Create(s => s.Ok.Request.RPS >= least));
            if (tokens == 1) scenario = scenario.WithWarmUpDuration(stage.Shape.WarmUp);
            var cpu = gateway.Process.Cpu();
            var stats = await stage.RunAsync($"diversity-{tokens}", scenario);
            var (spent, memory, latency) = ((gateway.Process.Cpu() - cpu) / stats.AllRequestCount, gateway.Process.Memory(isPeak: true), stats.ScenarioStats[0].Ok.Latency);
            stage.Note($"{tokens} distinct: p50 {latency.Percent50:0.00} ms, p99 {latency.Percent99:0.00} ms, {memory:0} MiB at the peak");
            if (tokens == 1) baseline = memory;
            else stage.Note($"{tokens} distinct: {spent:0} us CPU of the gateway a request");
        }

        var grown = gateway.Process.Memory(isPeak: true) - baseline;
        stage.Expect(grown <= AllowedMebibytes, $"{most} distinct tokens took {grown:0} MiB more than one: at most {AllowedMebibytes:0}");
        stage.Expect(stage.Issuer.Fetches == 1, $"the issuer was asked for its keys once: {stage.Issuer.Fetches}");
    }
}
