using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace Sallyport.LoadTests.Flat;

/// <summary>Whether a request costs the same however much a gateway is configured with: gateways with few and with many of a thing, beside each other.</summary>
/// <remarks>
/// Of each kind there are two, one that remembers verified tokens and one that verifies every token anew. Rounds are those of <see cref="Rounds"/>; ratios are
/// those of all rounds together. Revocations are <see cref="RevocationCost"/>'s.
/// </remarks>
internal static class FlatCost
{
    private const double Allowed = 1.10;

    public static Command Verb()
    {
        var load = new LoadOptions();
        var verb = load.Verb("flat", "CPU time per request with many trusted issuers, routes and keys beside few; writes into docs/performance.md");
        verb.SetAction((parse, cancellation) => RunAsync(load.Shape(parse), load.IsDry(parse), cancellation));
        return verb;
    }

    private static async Task<int> RunAsync(LoadShape shape, bool isDry, CancellationToken cancellation)
    {
        var text = new StringBuilder("| | | CPU us with few | with many | many to few | start, few | start, many | MiB, few | MiB, many |\n|---|---|---:|---:|---:|---:|---:|---:|---:|\n");
        var isFlat = true;
        var directory = Directory.CreateTempSubdirectory("sallyport-load-");
        try
        {
            var port = ChildProcess.FreePort();
            await using var upstream = await ChildProcess.StartAsync("sallyport-loadtests.dll", directory.FullName, port, ["upstream", $"{port}"], cancellation);
            foreach (var dimension in Dimensions.All)
            {
                foreach (var row in await MeasureAsync(dimension, directory.FullName, upstream.Url, shape, cancellation))
                {
                    text.Append(row.Line).Append('\n');
                    isFlat &= row.Ratio <= Allowed;
                }
            }
        }
        finally
        {
            directory.Delete(recursive: true);
        }

        Console.WriteLine(text);
        if (!isDry) MeasuredPage.Write("performance.md", "flat", shape, text.ToString());
        return isFlat ? 0 : 1;
    }

    private static async Task<List<(string Line, double Ratio)>> MeasureAsync(
        Dimension dimension, string directory, string upstream, LoadShape shape, CancellationToken cancellation)
    {
        var gateways = new List<(ChildProcess Process, TimeSpan Start)>();
        try
        {
            var lines = new List<Traffic>();
            foreach (var remembers in (bool[])[true, false])
            {
                foreach (var count in (int[])[dimension.Few, dimension.Many])
                {
                    var port = ChildProcess.FreePort();
                    var json = GatewayConfiguration.Of($"http://127.0.0.1:{port}", $"http://127.0.0.1:{ChildProcess.FreePort()}", TokenForge.Issuer, [], upstream);
                    var requests = dimension.Prepare(json, count);
                    if (!remembers) json["Sallyport"]!["VerifiedTokens"] = new JsonObject { ["MaxEntries"] = 0 };
                    var file = Path.Combine(directory, $"{port}.json");
                    await File.WriteAllTextAsync(file, json.ToJsonString(), cancellation);
                    var watch = Stopwatch.StartNew();
                    gateways.Add((await ChildProcess.StartAsync("sallyport.dll", directory, port, ["serve", "--config", file], cancellation), watch.Elapsed));
                    lines.Add(new($"{count:#,0} {dimension.Name}, {Tokens(remembers)}", gateways[^1].Process, requests));
                }
            }

            var samples = await Rounds.MeasureAsync([.. lines], shape, cancellation);
            var table = new CostTable(samples, []);
            table.Print();
            return [.. ((bool[])[true, false]).Select((remembers, i) => Row(2 * i, remembers))];

            (string Line, double Ratio) Row(int few, bool remembers)
            {
                var ratio = table.TotalRatio(lines[few + 1].Name, lines[few].Name);
                var line = string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {dimension.Few:#,0} and {dimension.Many:#,0} {dimension.Name} | {Tokens(remembers)} | {Cpu(few):0.0} | {Cpu(few + 1):0.0} | {ratio:0.00} | {gateways[few].Start.TotalSeconds:0.0} s | {gateways[few + 1].Start.TotalSeconds:0.0} s | {gateways[few].Process.Memory(isPeak: true):0} | {gateways[few + 1].Process.Memory(isPeak: true):0} |");
                return (line, ratio);
            }

            double Cpu(int line) => samples[lines[line].Name].Average(sample => sample.Cpu);
        }
        finally
        {
            foreach (var (process, _) in gateways) await process.DisposeAsync();
        }
    }

    private static string Tokens(bool isRemembered) => isRemembered ? "tokens seen before" : "tokens verified anew";
}
