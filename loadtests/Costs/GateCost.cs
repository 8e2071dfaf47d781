using System.CommandLine;
using System.Globalization;
using Spectre.Console;

namespace Sallyport.LoadTests.Costs;

/// <summary>What the gate costs: the CPU time of the proxy's process per request, beside bare YARP and an open route.</summary>
/// <remarks>
/// <code>
///   this process            proxies                        upstream
///   64 connections   -->    bare YARP   or   gateway  -->  one Kestrel
/// </code>
/// All processes live through the whole run. Each round sends every line's requests one after the other, the next
/// round begins with another line, and ratios are taken within a round, so that what else the machine does, and
/// does not do evenly, falls on all alike.
/// </remarks>
internal static class GateCost
{
    private const string Plain = "bare YARP";
    private const string PlainWithToken = "bare YARP, token forwarded";
    private const string Anonymous = "gateway, anonymous route";
    private const string Repeated = "gateway, one ES256 token";
    private const double Allowed = 1.3;
    private const int WarmUpRounds = 3;

    public static Command Verb()
    {
        var load = new LoadOptions();
        var verb = load.Verb("gate-cost", "CPU time per request of the gateway's routes beside bare YARP; writes its table into docs/performance.md");
        verb.SetAction((parse, cancellation) => RunAsync(load.Shape(parse), load.IsDry(parse), cancellation));
        return verb;
    }

    private static async Task<int> RunAsync(LoadShape shape, bool isDry, CancellationToken cancellation)
    {
        using var forge = new TokenForge();
        var directory = Directory.CreateTempSubdirectory("sallyport-load-");
        try
        {
            var port = ChildProcess.FreePort();
            await using var upstream = await Own("upstream", port);
            port = ChildProcess.FreePort();
            await using var bare = await Own("bare-yarp", port, upstream.Url);
            port = ChildProcess.FreePort();
            var file = Path.Combine(directory.FullName, "gateway.json");
            await File.WriteAllTextAsync(
                file,
                forge.GatewayConfiguration($"http://127.0.0.1:{port}", $"http://127.0.0.1:{ChildProcess.FreePort()}", upstream.Url),
                cancellation);
            await using var gateway = await ChildProcess.StartAsync("sallyport.dll", directory.FullName, port, ["serve", "--config", file], cancellation);

            var samples = await MeasureAsync(Lines(forge, bare, gateway), shape, cancellation);
            var table = new CostTable(samples, [new("x bare", Plain), new("x bare+token", PlainWithToken), new("x anonymous", Anonymous)]);
            AnsiConsole.Profile.Width = Math.Max(AnsiConsole.Profile.Width, 120);
            table.Print();
            var ratio = table.Ratio(Repeated, Anonymous);
            var isGood = ratio <= Allowed;
            AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"One repeated ES256 token costs {ratio:0.00}x an anonymous request; {Allowed:0.0}x is allowed.");
            if (!isDry) MeasuredPage.Write("performance.md", "gate-cost", shape, table.ToMarkdown());
            return isGood ? 0 : 1;
        }
        finally
        {
            directory.Delete(recursive: true);
        }

        Task<ChildProcess> Own(string verb, int listen, params string[] more) =>
            ChildProcess.StartAsync("sallyport-loadtests.dll", directory.FullName, listen, [verb, $"{listen}", .. more], cancellation);
    }

    private static Traffic[] Lines(TokenForge forge, ChildProcess bare, ChildProcess gateway)
    {
        var es256 = forge.Token("ES256");
        return
        [
            new(Plain, bare, [Traffic.Get("/open/acme/17", null)]),
            new(PlainWithToken, bare, [Traffic.Get("/open/acme/17", es256)]),
            new(Anonymous, gateway, [Traffic.Get("/open/acme/17", null)]),
            new(Repeated, gateway, [Traffic.Get("/orders/acme/17", es256)]),
            new("gateway, one RS256 token", gateway, [Traffic.Get("/orders/acme/17", forge.Token("RS256"))]),
            new("gateway, one EdDSA token", gateway, [Traffic.Get("/orders/acme/17", forge.Token("EdDSA"))]),
            new("gateway, 1,000 ES256 tokens", gateway, [.. Enumerable.Range(0, 1000).Select(_ => Traffic.Get("/orders/acme/17", forge.Token("ES256")))]),
        ];
    }

    /// <summary>Every line in every round, each round beginning with another one.</summary>
    public static async Task<IReadOnlyDictionary<string, List<Sample>>> MeasureAsync(Traffic[] lines, LoadShape shape, CancellationToken cancellation)
    {
        var samples = lines.ToDictionary(s => s.Name, _ => new List<Sample>(), StringComparer.Ordinal);
        var generators = new List<LoadGenerator>();
        try
        {
            foreach (var line in lines) generators.Add(await LoadGenerator.ConnectAsync(line, shape.Connections, cancellation));
            for (var round = -WarmUpRounds; round < shape.Rounds; round++)
            {
                AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[grey]{(round < 0 ? "warming up" : $"round {round + 1} of {shape.Rounds}")}[/]");
                for (var turn = 0; turn < generators.Count; turn++)
                {
                    var generator = generators[(turn + round + WarmUpRounds) % generators.Count];
                    var sample = await generator.RunAsync(shape.Requests, cancellation);
                    if (round >= 0) samples[generator.Traffic.Name].Add(sample);
                }
            }
        }
        finally
        {
            foreach (var generator in generators) await generator.DisposeAsync();
        }

        return samples;
    }
}
