using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace Sallyport.LoadTests.Flat;

/// <summary>Whether a request costs the same however many issuers, routes, keys and revocations there are.</summary>
internal static class FlatCost
{
    private const double Allowed = 1.10;
    private const int FewRoutes = 10;
    private const int ManyRoutes = 5_000;
    private const int ManyIssuers = 1_000;
    private const int ManyKeys = 64;

    private static readonly string[] Dimensions = ["issuers", "routes", "keys", "revocations"];

    public static Command Verb()
    {
        var load = new LoadOptions(rounds: 30, requests: 4_000);
        var only = new Option<string[]>("--only") { Description = $"Some of {string.Join(", ", Dimensions)}.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => Dimensions };
        only.AcceptOnlyFromAmong(Dimensions);
        var ids = new Option<int>("--ids") { Description = "How many tokens are revoked.", DefaultValueFactory = _ => 1_000_000 };
        var quick = new Option<bool>("--quick") { Description = "Without the long warm-up: whether it works, not what it costs." };
        var verb = load.Verb("flat", "CPU time per request with many issuers, routes, keys and revocations beside few; writes into docs/performance.md", only, ids, quick);
        verb.SetAction((parse, cancellation) => RunAsync(load.Shape(parse), parse.GetValue(only)!, parse.GetValue(ids), parse.GetValue(quick), load.IsDry(parse), cancellation));
        return verb;
    }

    private static async Task<int> RunAsync(LoadShape shape, string[] only, int ids, bool isQuick, bool isDry, CancellationToken cancellation)
    {
        var directory = Directory.CreateTempSubdirectory("sallyport-load-");
        try
        {
            var port = ChildProcess.FreePort();
            await using var upstream = await ChildProcess.StartAsync("sallyport-loadtests.dll", directory.FullName, port, ["upstream", $"{port}"], cancellation);
            var table = new FlatTable(Allowed);
            foreach (var name in Dimensions.Where(name => only.Contains(name, StringComparer.Ordinal)))
            {
                AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[grey]{name}[/]");
                if (name is "revocations") await RevocationsAsync();
                else await MeasureAsync(name);

                async Task MeasureAsync(string name)
                {
                    using var one = name is "keys" ? new Crowd([["ES256"], ["EdDSA"]]) : Crowd.Of(1);
                    using var many = name switch
                    {
                        "issuers" => Crowd.Of(ManyIssuers),
                        "keys" => new Crowd([[.. Enumerable.Repeat("ES256", ManyKeys)], [.. Enumerable.Repeat("EdDSA", ManyKeys)]]),
                        _ => Crowd.Of(1),
                    };
                    await Compare(name switch
                    {
                        "issuers" => Dimension.Issuers(one, many),
                        "keys" => Dimension.Keys(one, many),
                        _ => Dimension.Routes(one, FewRoutes, ManyRoutes),
                    });
                }
            }

            AnsiConsole.Profile.Width = Math.Max(AnsiConsole.Profile.Width, 140);
            table.Print();
            if (!isDry) MeasuredPage.Write("performance.md", "flat", shape, table.ToMarkdown());
            return table.Holds ? 0 : 1;

            async Task Compare(Dimension dimension)
            {
                await using var sides = await SideBySide.StartAsync(dimension, upstream.Url, directory.FullName, cancellation);
                table.Add(sides, await sides.MeasureAsync(shape, isQuick, cancellation));
            }

            async Task RevocationsAsync()
            {
                await using var redis = await RedisProcess.StartAsync(directory.FullName, cancellation);
                var macKey = RandomNumberGenerator.GetBytes(32);
                await File.WriteAllBytesAsync(Path.Combine(directory.FullName, "mac-key"), macKey, cancellation);
                await using var feed = await RevocationFeed.StartAsync(redis.EndPoint, "many:", macKey);
                await feed.RevokeAsync(ids, cancellation);
                using var crowd = Crowd.Of(1);
                await Compare(Dimension.Revocations(crowd, json => Share(json, "none:"), json => Share(json, "many:"), ids));

                void Share(JsonObject json, string prefix)
                {
                    GatewayConfiguration.ShareThrough(json, redis.EndPoint, "mac-key");
                    json["Sallyport"]!["Redis"]!["Prefix"] = prefix;
                }
            }
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
