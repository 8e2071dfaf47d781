using System.CommandLine;
using System.Text.Json.Nodes;
using NBomber.Contracts;
using NBomber.CSharp;

namespace Sallyport.LoadTests.Scenarios;

/// <summary>An issuer that signs with a new key every second, and two gateways that share a Redis: the first token of each key passes at both.</summary>
internal static class Rotation
{
    private const int Tokens = 100;
    private const int Published = 4;

    private static readonly string[] Algorithms = ["ES256", "EdDSA"];

    public static Command Verb() =>
        ScenarioVerb.Of("rotation", "A new signing key every second, two gateways; no request fails, and each key costs the issuer one fetch", 30, 1_000, PlayAsync);

    private static async Task PlayAsync(Stage stage, ParseResult parse, CancellationToken cancellation)
    {
        await stage.StartRedisAsync(cancellation);
        var (one, other) = (await stage.StartGatewayAsync(BePatient, cancellation), await stage.StartGatewayAsync(BePatient, cancellation));
        var fetchedAtStart = stage.Issuer.Fetches;
        var current = SignedRequests.Of(stage.Issuer, stage.Issuer.Keys, Tokens);
        var rotations = 0;
        using Callers toOne = new(one.EndPoint), toOther = new(other.EndPoint);
        var (time, second) = (TimeSpan.FromSeconds(stage.Shape.Seconds), TimeSpan.FromSeconds(1));

        var rotation = Scenario.Create("rotation", _ =>
            {
                var key = stage.Issuer.NewKey(Algorithms[rotations % Algorithms.Length]);
                var requests = SignedRequests.Of(stage.Issuer, [key], Tokens);
                stage.Issuer.Publish([key, .. stage.Issuer.Keys.Take(Published - 1)]);
                Interlocked.Increment(ref rotations);
                Volatile.Write(ref current, requests);
                return Task.FromResult<IResponse>(Response.Ok());
            })
            .WithoutWarmUp()
            .WithLoadSimulations(Simulation.Inject(1, second, time));

        await stage.RunAsync("rotation", Good("one gateway", toOne), Good("the other gateway", toOther), rotation);

        stage.Expect(fetchedAtStart == 1, $"two gateways that started asked the issuer for its keys once: {fetchedAtStart}");
        var fetched = stage.Issuer.Fetches - fetchedAtStart;
        stage.Expect(fetched <= rotations, $"{rotations} rotations cost the issuer a fetch each for both gateways: {fetched}");

        // A gateway that Redis keeps waiting for too long asks the issuer itself; on a machine with so much to do it would.
        static void BePatient(JsonObject configuration) => configuration["Sallyport"]!["Redis"]!["Timeout"] = "00:00:01";

        ScenarioProps Good(string name, Callers callers)
        {
            var least = stage.Shape.Rate * 0.95;
            return callers.Scenario(name, () => Volatile.Read(ref current).Next())
                .WithLoadSimulations(Simulation.Inject(stage.Shape.Rate, second, time))
                .WithThresholds(Threshold.Create(s => s.AllFailCount == 0), Threshold.Create(s => s.Ok.Request.RPS >= least));
        }
    }
}
