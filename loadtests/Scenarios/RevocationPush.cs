using System.CommandLine;
using System.Diagnostics;
using NBomber.Contracts;
using NBomber.CSharp;

namespace Sallyport.LoadTests.Scenarios;

/// <summary>Tokens are revoked beside good traffic: each is refused at every gateway within a second, and the others lose nothing.</summary>
internal static class RevocationPush
{
    private const int Tokens = 1_000;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static readonly Option<int> Revocations = new("--revocations")
    {
        Description = "Tokens that are revoked per second.", DefaultValueFactory = _ => 50,
    };

    private static readonly Option<double> Within = new("--within")
    {
        Description = "Milliseconds in which every gateway has to refuse a revoked token.", DefaultValueFactory = _ => 1_000,
    };

    public static Command Verb() =>
        ScenarioVerb.Of("revocation-push", "50 tokens are revoked a second; each is refused everywhere within a second, and no other request fails", 30, 2_000, PlayAsync, Revocations, Within);

    private static async Task PlayAsync(Stage stage, ParseResult parse, CancellationToken cancellation)
    {
        var redis = await stage.StartRedisAsync(cancellation);
        GatewayProcess[] gateways = [await stage.StartGatewayAsync(adjust: null, cancellation), await stage.StartGatewayAsync(adjust: null, cancellation)];
        var macKey = await File.ReadAllBytesAsync(Path.Combine(stage.Directory, Stage.MacKey), cancellation);
        var revoker = stage.Keep(await Revoker.StartAsync(redis.EndPoint, macKey, stage.Issuer.Url, cancellation));
        var requests = SignedRequests.Of(stage.Issuer, stage.Issuer.Keys, Tokens);
        var (calmly, pushed) = (stage.Shape.Part(0.25), stage.Shape.Part(0.75));
        var within = parse.GetValue(Within);

        using var users = new Fleet(gateways);
        var calm = await stage.RunAsync("revocation-push-without", Good("good").WithWarmUpDuration(stage.Shape.WarmUp).WithLoadSimulations(Simulation.Inject(stage.Shape.Rate, Second, calmly)));

        using var revoked = new Fleet(gateways);
        var user = new RevokedUser(stage.Issuer, revoked, revoker, () => stage.Issuer.Keys[0]);
        var stats = await stage.RunAsync(
            "revocation-push",
            Good("good").WithLoadSimulations(Simulation.Inject(stage.Shape.Rate, Second, pushed)),
            Scenario.Create("revoked", context => user.RunAsync(context, () => true))
                .WithoutWarmUp()
                .WithInit(_ => revoked.OpenAsync(cancellation))
                .WithLoadSimulations(Simulation.Inject(parse.GetValue(Revocations), Second, pushed))
                .WithThresholds(
                    Threshold.Create(s => s.AllFailCount == 0),
                    Threshold.Create(RevokedUser.Refused, s => s.Ok.Latency.MaxMs <= within)));

        stage.ExpectAsFast("good requests beside revocations", stats.ScenarioStats[0].Ok.Latency, "without", calm.ScenarioStats[0].Ok.Latency);
        var refused = stats.ScenarioStats.Single(s => s.ScenarioName == "revoked").StepStats.Single().Ok;
        stage.Note($"{refused.Request.Count} revoked tokens were refused at both gateways: p50 {refused.Latency.Percent50:0} ms after the revocation, p99 {refused.Latency.Percent99:0} ms, at most {refused.Latency.MaxMs:0} ms");
        await ByVerbAsync();

        ScenarioProps Good(string name) => users.Scenario(name, requests.Next, 200).WithThresholds(Threshold.Create(s => s.AllFailCount == 0));

        // As an operator does it.
        async Task ByVerbAsync()
        {
            var verbs = new VerbProcess(stage.Directory);
            await verbs.ConfigureAsync(stage.Configuration(gateways[0].Process.Url, gateways[0].AdminUrl), cancellation);
            var claims = stage.Issuer.Claims();
            var request = Traffic.Get(GatewayConfiguration.Orders, stage.Issuer.Keys[0].Sign(claims));
            var before = await Task.WhenAll(revoked.Each.Select(callers => callers.StatusAsync(request, cancellation)));
            var (exitCode, _) = await verbs.RunAsync(cancellation, "revoke", "--jti", (string)claims["jti"]!);
            var watch = Stopwatch.StartNew();
            int[] after;
            do after = await Task.WhenAll(revoked.Each.Select(callers => callers.StatusAsync(request, cancellation)));
            while (!Array.TrueForAll(after, status => status == 401) && watch.Elapsed.TotalMilliseconds < within);
            stage.Expect(
                Array.TrueForAll(before, status => status == 200) && exitCode == 0 && Array.TrueForAll(after, status => status == 401),
                $"sallyport revoke: exit code {exitCode}; {string.Join(' ', before)} before, {string.Join(' ', after)} within {watch.Elapsed.TotalMilliseconds:0} ms after");
        }
    }
}
