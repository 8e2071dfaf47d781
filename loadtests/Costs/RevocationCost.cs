using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace Sallyport.LoadTests.Costs;

/// <summary>What revocations cost: gateways with none, with a million, and with a million to which one is added every second.</summary>
/// <remarks>
/// All share one redis-server, each under a prefix of its own, and run through the whole measurement; rounds and ratios are those of
/// <see cref="Rounds"/>. None of the revoked tokens is sent.
/// </remarks>
internal static class RevocationCost
{
    private const double Allowed = 1.05;
    private const double AllowedMebibytes = 200;
    private const int Tokens = 1_000;

    public static Command Verb()
    {
        var load = new LoadOptions();
        var ids = new Option<int>("--ids") { Description = "How many tokens are revoked.", DefaultValueFactory = _ => 1_000_000 };
        var verb = load.Verb("revocation-cost", "The same with a million revoked tokens beside none, and their memory; writes into docs/revocation.md", ids);
        verb.SetAction((parse, cancellation) => RunAsync(load.Shape(parse), parse.GetValue(ids), load.IsDry(parse), cancellation));
        return verb;
    }

    private static async Task<int> RunAsync(LoadShape shape, int ids, bool isDry, CancellationToken cancellation)
    {
        using var forge = new TokenForge();
        var directory = Directory.CreateTempSubdirectory("sallyport-load-");
        try
        {
            await using var redis = await RedisProcess.StartAsync(directory.FullName, cancellation);
            var port = ChildProcess.FreePort();
            await using var upstream = await ChildProcess.StartAsync("sallyport-loadtests.dll", directory.FullName, port, ["upstream", $"{port}"], cancellation);
            var macKey = RandomNumberGenerator.GetBytes(32);
            await File.WriteAllBytesAsync(Path.Combine(directory.FullName, "mac-key"), macKey, cancellation);

            await using var many = await RevocationFeed.StartAsync(redis.EndPoint, "many:", macKey);
            await using var growing = await RevocationFeed.StartAsync(redis.EndPoint, "growing:", macKey);
            AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[grey]revoking {ids:#,0} tokens, twice[/]");
            await many.RevokeAsync(ids, cancellation);
            await growing.RevokeAsync(ids, cancellation);

            var (quiet, quietStart) = await Gateway("none:");
            await using var none = quiet;
            var (loaded, loadedStart) = await Gateway("many:");
            await using var all = loaded;
            var (fed, _) = await Gateway("growing:");
            await using var more = fed;

            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var feeding = growing.RevokeEverySecondAsync(over.Token);
            string[] names = ["none revoked", $"{ids:#,0} revoked", $"{ids:#,0}, and one more a second"];
            ReadOnlyMemory<byte>[] one = [Traffic.Get("/orders/acme/17", forge.Token("ES256"))];
            ReadOnlyMemory<byte>[] several = [.. Enumerable.Range(0, Tokens).Select(_ => Traffic.Get("/orders/acme/17", forge.Token("ES256")))];
            ChildProcess[] gateways = [none, all, more];
            var lines = gateways.SelectMany((gateway, i) => (Traffic[])[new($"{names[i]}, one token", gateway, one), new($"{names[i]}, {Tokens:#,0} tokens", gateway, several)]);
            var samples = await Rounds.MeasureAsync([.. lines.OrderBy(line => line.Requests.Count)], shape, cancellation);
            await over.CancelAsync();
            await feeding;

            var table = new CostTable(samples, [new("x none, one", $"{names[0]}, one token"), new($"x none, {Tokens:#,0}", $"{names[0]}, {Tokens:#,0} tokens")]);
            AnsiConsole.Profile.Width = Math.Max(AnsiConsole.Profile.Width, 120);
            table.Print();
            string[] loads = ["one token", $"{Tokens:#,0} tokens"];
            var ratios = names[1..].Select(name => loads.Average(load => table.TotalRatio($"{name}, {load}", $"{names[0]}, {load}"))).ToArray();
            var (grown, peak) = (all.Memory(isPeak: false) - none.Memory(isPeak: false), all.Memory(isPeak: true) - none.Memory(isPeak: true));
            var text = string.Create(
                CultureInfo.InvariantCulture,
                $"CPU time of all rounds together, to that of the gateway with none: {ratios[0]:0.00} with {names[1]}, {ratios[1]:0.00} with one more a second. {ids:#,0} revoked tokens take {grown:0} MiB more than none ({peak:0} MiB at the peak), resident. The gateway that loads them listens {loadedStart.TotalSeconds:0.0} s after it was started; with none, {quietStart.TotalSeconds:0.0} s.");
            AnsiConsole.WriteLine(text);
            if (!isDry) MeasuredPage.Write("revocation.md", "revocation-cost", shape, $"{table.ToMarkdown()}\n{text}\n");
            return ratios.Max() <= Allowed && grown <= AllowedMebibytes ? 0 : 1;

            async Task<(ChildProcess Process, TimeSpan Start)> Gateway(string prefix)
            {
                var listen = ChildProcess.FreePort();
                var file = Path.Combine(directory.FullName, prefix.TrimEnd(':') + ".json");
                var json = JsonNode.Parse(forge.GatewayConfiguration($"http://127.0.0.1:{listen}", $"http://127.0.0.1:{ChildProcess.FreePort()}", upstream.Url))!;
                json["Sallyport"]!["Redis"] = new JsonObject
                {
                    ["Configuration"] = redis.EndPoint.ToString(), ["Prefix"] = prefix, ["MacKey"] = new JsonObject { ["File"] = "mac-key" },
                };
                await File.WriteAllTextAsync(file, json.ToJsonString(), cancellation);
                var watch = Stopwatch.StartNew();
                var process = await ChildProcess.StartAsync("sallyport.dll", directory.FullName, listen, ["serve", "--config", file], cancellation);
                return (process, watch.Elapsed);
            }
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
