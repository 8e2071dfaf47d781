using System.CommandLine;
using NBomber.Contracts;
using NBomber.CSharp;

namespace Sallyport.LoadTests.Scenarios;

/// <summary>Gateways that start, one after another, and are asked at once: the first request passes, and so do many that come together.</summary>
internal static class ColdStart
{
    private const string Bare = "bare YARP: start to first 200";
    private const string First = "gateway: start to first authenticated 200";
    private const string Crowd = "64 at once";
    private const int CrowdSize = 64;

    public static Command Verb() =>
        ScenarioVerb.Of("cold-start", "Gateways that start and are asked at once, beside bare YARP; the first request passes, and so do many together", 30, rate: null, PlayAsync);

    private static async Task PlayAsync(Stage stage, ParseResult parse, CancellationToken cancellation)
    {
        var starts = 0;
        var open = Traffic.Get(GatewayConfiguration.Open, token: null);
        var requests = SignedRequests.Of(stage.Issuer, stage.Issuer.Keys, CrowdSize * 4);
        var stats = await stage.RunAsync("cold-start", Scenario.Create("cold-start", async context =>
            {
                await Step.Run(Bare, context, () => BareAsync(stage, open, cancellation));
                GatewayProcess? gateway = null;
                try
                {
                    await Step.Run(First, context, async () =>
                    {
                        gateway = await GatewayProcess.StartAsync((url, adminUrl) => stage.Configuration(url, adminUrl), stage.Directory, cancellation);
                        Interlocked.Increment(ref starts);
                        using var caller = new Callers(gateway.EndPoint);
                        return await caller.SendAsync(requests.Next(), 200, cancellation);
                    });
                    return await Step.Run(Crowd, context, () => CrowdAsync(gateway!, requests, cancellation));
                }
                finally
                {
                    if (gateway is not null) await gateway.DisposeAsync();
                }
            })
            .WithoutWarmUp()
            .WithLoadSimulations(Simulation.KeepConstant(1, TimeSpan.FromSeconds(stage.Shape.Seconds)))
            .WithThresholds(
                Threshold.Create(s => s.AllFailCount == 0),
                Threshold.Create(s => s.AllOkCount > 0)));

        stage.Expect(stage.Issuer.Fetches == starts, $"each of {starts} gateways asked the issuer for its keys once: {stage.Issuer.Fetches}");
        var steps = stats.ScenarioStats[0].StepStats.ToDictionary(s => s.StepName, s => s.Ok.Latency, StringComparer.Ordinal);
        var (bare, first) = (steps[Bare].Percent50, steps[First].Percent50);
        stage.Note($"median from the start of the process: {bare:0} ms bare YARP, {first:0} ms the gateway's first authenticated 200, {first / bare:0.00} times as long");
    }

    private static async Task<Response<object>> BareAsync(Stage stage, ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        var port = ChildProcess.FreePort();
        await using var bare = await ChildProcess.StartAsync(
            "sallyport-loadtests.dll", stage.Directory, port, ["bare-yarp", $"{port}", stage.Upstream.Url], cancellation);
        using var caller = new Callers(bare.EndPoint);
        return await caller.SendAsync(request, 200, cancellation);
    }

    private static async Task<Response<object>> CrowdAsync(GatewayProcess gateway, SignedRequests requests, CancellationToken cancellation)
    {
        using var callers = new Callers(gateway.EndPoint);
        var answers = await Task.WhenAll(Enumerable.Range(0, CrowdSize).Select(_ => callers.SendAsync(requests.Next(), 200, cancellation)));
        return Array.Find(answers, answer => answer.IsError) ?? answers[0];
    }
}
