using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace Sallyport.LoadTests.Costs;

/// <summary>What assertions cost: a gateway whose cluster gets them beside one whose cluster does not.</summary>
/// <remarks>
/// Rounds and ratios are those of <see cref="Rounds"/>. Every token comes again and again, so that signing is the exception: what is
/// left is looking the kept assertion up, and sending it. The last line is a token for each request of a round, each signed for once.
/// </remarks>
internal static class AssertionCost
{
    private const double Allowed = 1.15;
    private const int Tokens = 1_000;

    public static Command Verb()
    {
        var load = new LoadOptions();
        var verb = load.Verb("assertion-cost", "The same with assertions for the upstream beside none; writes into docs/assertions.md");
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
            await using var upstream = await ChildProcess.StartAsync("sallyport-loadtests.dll", directory.FullName, port, ["upstream", $"{port}"], cancellation);
            await using var without = await Gateway("without", audience: null);
            await using var with = await Gateway("with", "orders");

            ReadOnlyMemory<byte>[] one = [Traffic.Get("/orders/acme/17", forge.Token("ES256"))];
            ReadOnlyMemory<byte>[] several = [.. Enumerable.Range(0, Tokens).Select(_ => Traffic.Get("/orders/acme/17", forge.Token("ES256")))];
            Traffic[] lines =
            [
                new("no assertion, one token", without, one),
                new("assertion, one token", with, one),
                new($"no assertion, {Tokens:#,0} tokens", without, several),
                new($"assertion, {Tokens:#,0} tokens", with, several),
            ];
            var samples = await Rounds.MeasureAsync(lines, shape, cancellation);

            var table = new CostTable(samples, [new("x none, one", lines[0].Name), new($"x none, {Tokens:#,0}", lines[2].Name)]);
            AnsiConsole.Profile.Width = Math.Max(AnsiConsole.Profile.Width, 120);
            table.Print();
            var ratio = table.TotalRatio(lines[1].Name, lines[0].Name);
            var text = string.Create(
                CultureInfo.InvariantCulture,
                $"CPU time of all rounds together, to that of the gateway without: {ratio:0.00} with one token, {table.TotalRatio(lines[3].Name, lines[2].Name):0.00} with {Tokens:#,0}.");
            AnsiConsole.WriteLine(text);
            if (!isDry) MeasuredPage.Write("assertions.md", "assertion-cost", shape, $"{table.ToMarkdown()}\n{text}\n");
            return ratio <= Allowed ? 0 : 1;

            async Task<ChildProcess> Gateway(string name, string? audience)
            {
                var listen = ChildProcess.FreePort();
                var file = Path.Combine(directory.FullName, name + ".json");
                var json = JsonNode.Parse(forge.GatewayConfiguration($"http://127.0.0.1:{listen}", $"http://127.0.0.1:{ChildProcess.FreePort()}", upstream.Url))!;
                // Both are issuers: what differs is the assertion alone.
                json["Sallyport"]!["Issuer"] = new JsonObject
                {
                    ["Issuer"] = $"http://127.0.0.1:{listen}",
                    ["Keys"] = new JsonObject { ["Store"] = "Memory" },
                    ["Assertions"] = new JsonObject { ["Lifetime"] = "00:05:00", ["Claims"] = new JsonObject { ["org"] = "org_id" } },
                };
                if (audience is not null) json["ReverseProxy"]!["Clusters"]!["upstream"]!["Metadata"] = new JsonObject { ["Sallyport:Audience"] = audience };
                await File.WriteAllTextAsync(file, json.ToJsonString(), cancellation);
                return await ChildProcess.StartAsync("sallyport.dll", directory.FullName, listen, ["serve", "--config", file], cancellation);
            }
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
