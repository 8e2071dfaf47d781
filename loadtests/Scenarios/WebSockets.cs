using System.Collections.Concurrent;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using NBomber.Contracts;
using NBomber.CSharp;

namespace Sallyport.LoadTests.Scenarios;

/// <summary>Thousands of WebSockets through one gateway: a message of the service reaches each, and the end of a token closes its own.</summary>
internal static class WebSockets
{
    private const string Reached = "all have it";
    private const int ShortEvery = 10;
    private const double Patience = 10;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(2);

    private static readonly Option<int> Count = new("--sockets")
    {
        Description = "WebSockets at once; the token of each tenth ends soon.", DefaultValueFactory = _ => 2_000,
    };

    public static Command Verb() =>
        ScenarioVerb.Of("websockets", "Thousands of WebSockets: each message reaches all of them, and those whose token ends are closed, no others", 30, rate: null, PlayAsync, Count);

    private static async Task PlayAsync(Stage stage, ParseResult parse, CancellationToken cancellation)
    {
        var upstream = stage.Keep(await FanOutUpstream.StartAsync(cancellation));
        var gateway = await stage.StartGatewayAsync(Configure, cancellation);
        var address = new Uri($"ws://{gateway.EndPoint}/sockets/acme/17");
        var listeners = new ConcurrentBag<Listener>();
        var (opening, sending) = (stage.Shape.Part(0.35), stage.Shape.Part(0.35));
        var perSecond = Math.Max(ShortEvery, (int)(parse.GetValue(Count) / opening.TotalSeconds));
        // Some seconds after the last message that all get; whole seconds, as exp is.
        var end = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + (long)(opening + sending + stage.Shape.Part(0.15)).TotalSeconds + 3;
        var memory = gateway.Process.Memory(isPeak: false);
        try
        {
            await stage.RunAsync("websockets-open", Scenario.Create("open", OpenAsync)
                .WithoutWarmUp()
                .WithLoadSimulations(Simulation.Inject(perSecond, Second, opening))
                .WithThresholds(Threshold.Create(s => s.AllFailCount == 0)));
            var (all, number) = (listeners.Count, 0L);
            stage.Note($"{all} WebSockets take {(gateway.Process.Memory(isPeak: false) - memory) * 1024 / all:0} KiB each of the gateway");

            await SendAsync("websockets", sending, [.. listeners]);

            var shortLived = listeners.Where(listener => listener.IsShort).ToArray();
            var others = listeners.Where(listener => !listener.IsShort).ToArray();
            var early = shortLived.Count(listener => listener.IsClosed);
            stage.Expect(early == 0, $"none of {shortLived.Length} was closed before its token ended: {early}");
            while (TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() < end) await Task.Delay(Look, cancellation);
            var watch = Stopwatch.StartNew();
            while (shortLived.Any(listener => !listener.IsClosed) && watch.Elapsed.TotalSeconds < Patience) await Task.Delay(Look, cancellation);
            stage.Expect(shortLived.All(listener => listener.IsClosed), $"each of {shortLived.Length} whose token ended was closed, {watch.Elapsed.TotalSeconds:0.0} s after that: within {Patience:0}");

            await SendAsync("websockets-after", stage.Shape.Part(0.1), others);
            var closed = others.Count(listener => listener.IsClosed);
            stage.Expect(closed == 0, $"none of the other {others.Length} was closed: {closed}");

            foreach (var listener in listeners) await listener.CloseAsync();
            var latencies = listeners.SelectMany(listener => listener.Latencies).Order().ToArray();
            stage.Note($"{latencies.Length} messages came: p50 {latencies[latencies.Length / 2]:0.0} ms after the service began to send to all, p99 {latencies[latencies.Length * 99 / 100]:0.0} ms, at most {latencies[^1]:0.0} ms");

            Task<NBomber.Contracts.Stats.NodeStats> SendAsync(string test, TimeSpan time, IReadOnlyList<Listener> to) => stage.RunAsync(test, Scenario.Create("fan-out", async context =>
                    await Step.Run(Reached, context, async () =>
                    {
                        var sent = Interlocked.Increment(ref number);
                        await upstream.SendAsync(sent, context.ScenarioCancellationToken);
                        while (to.Any(listener => listener.Last < sent))
                        {
                            if (to.FirstOrDefault(listener => listener.IsClosed) is not null) return Response.Fail(statusCode: "closed");
                            await Task.Delay(Look, context.ScenarioCancellationToken);
                        }

                        return Response.Ok();
                    }))
                .WithoutWarmUp()
                .WithLoadSimulations(Simulation.KeepConstant(1, time))
                .WithThresholds(Threshold.Create(s => s.AllFailCount == 0), Threshold.Create(s => s.AllOkCount > 0)));
        }
        finally
        {
            foreach (var listener in listeners)
            {
                await listener.CloseAsync();
                listener.Dispose();
            }
        }

        async Task<IResponse> OpenAsync(IScenarioContext context)
        {
            var isShort = context.InvocationNumber % ShortEvery == 0;
            var claims = stage.Issuer.Claims();
            if (isShort) claims["exp"] = end;
            var listener = new Listener(isShort);
            listeners.Add(listener);
            await listener.OpenAsync(address, stage.Issuer.Keys[0].Sign(claims), context.ScenarioCancellationToken);
            return Response.Ok(statusCode: 101.ToString(CultureInfo.InvariantCulture));
        }

        void Configure(JsonObject configuration)
        {
            // What is to be seen is the end of a token, to the second.
            configuration["Sallyport"]!["TrustedIssuers"]!["corp"]!["ClockSkew"] = "00:00:00";
            GatewayConfiguration.AddRoute(configuration, "sockets", "orders-read", "/sockets/{tenant}/{**rest}", upstream.Url);
        }
    }
}
