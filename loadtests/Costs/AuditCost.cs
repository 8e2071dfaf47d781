using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Sallyport.Gateway.Audit;
using Sallyport.Gateway.Issuing;
using Sallyport.Gateway.Keys;
using Sallyport.Gateway.Telemetry;
using Sallyport.Gateway.Tokens;

namespace Sallyport.LoadTests.Costs;

/// <summary>Tokens that are signed, recorded and on the disk: by one client, and by many at once.</summary>
internal static class AuditCost
{
    private const string Issuer = "https://gateway.example.com";

    public static Command Verb()
    {
        var load = new LoadOptions();
        var disk = new Option<string?>("--directory") { Description = "A directory on the disk that is measured; the system's for temporary files unless told." };
        var verb = load.Verb("audit-cost", "Tokens a second that are signed, recorded and on the disk: of many clients beside one; writes into docs/audit.md", disk);
        verb.SetAction((parse, cancellation) => RunAsync(load.Shape(parse), load.IsDry(parse), parse.GetValue(disk), cancellation));
        return verb;
    }

    private static async Task<int> RunAsync(LoadShape shape, bool isDry, string? directory, CancellationToken cancellation)
    {
        var folder = Directory.CreateDirectory(Path.Combine(directory ?? Path.GetTempPath(), $"sallyport-audit-cost-{Guid.NewGuid():N}"));
        try
        {
            var (alone, together) = (new List<Sample>(), new List<Sample>());
            for (var round = 0; round < shape.Rounds; round++)
            {
                alone.Add(await MeasureAsync(folder, 1, shape.Requests / 20, cancellation));
                together.Add(await MeasureAsync(folder, shape.Connections, shape.Requests, cancellation));
            }

            var (one, many) = (Median(alone), Median(together));
            var text = string.Create(CultureInfo.InvariantCulture, $"""
                | Clients | Tokens a second | Records to a flush |
                |---|---|---|
                | 1 | {one.PerSecond:#,0} | {one.PerFlush:0.0} |
                | {shape.Connections} | {many.PerSecond:#,0} | {many.PerFlush:0.0} |

                {shape.Connections} clients get {many.PerSecond / one.PerSecond:0.0} times the tokens of one.
                """);
            Console.WriteLine(text);
            if (!isDry) MeasuredPage.Write("audit.md", "audit-cost", shape, text);
            return many.PerSecond >= 5 * one.PerSecond ? 0 : 1;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<Sample> MeasureAsync(DirectoryInfo folder, int clients, int tokens, CancellationToken cancellation)
    {
        var store = new FileTrail(Path.Combine(folder.FullName, Guid.NewGuid().ToString("N")), Issuer, TimeProvider.System);
        await using var writer = new TrailWriter(store, NullLogger<TrailWriter>.Instance);
        using var metrics = new GatewayMetrics();
        using var key = SigningKey.Generate(Algorithm.Find("ES256")!, 2048);
        var keys = new OwnKeys();
        keys.Publish(new OpenRing(1, new ActiveKey(key, TimeProvider.System.GetUtcNow().AddDays(1)), JwkSet.Of(key.Public), null));
        var ring = new KeyRingOptions { Issuer = Issuer, Store = KeyStoreKind.Memory };
        var mint = new TokenMint(new IssuerOptions { Issuer = Issuer, Keys = ring, Clients = [] }, keys, TimeProvider.System, metrics, new AuditTrail(NullLogger<AuditTrail>.Instance, writer));
        var request = new MintRequest { Type = "at+jwt", Subject = "load", Audiences = ["orders"], Lifetime = TimeSpan.FromMinutes(5), Actor = "load", Purpose = "client_credentials" };
        await mint.MintAsync(request, cancellation);

        var (flushes, started) = (store.Flushes, Stopwatch.GetTimestamp());
        await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(
            async () =>
            {
                for (var i = 0; i < tokens / clients; i++) await mint.MintAsync(request, cancellation);
            },
            cancellation)));
        var minted = tokens / clients * clients;
        return new Sample(minted / Stopwatch.GetElapsedTime(started).TotalSeconds, (double)minted / (store.Flushes - flushes));
    }

    private static Sample Median(List<Sample> samples) => samples.OrderBy(sample => sample.PerSecond).ElementAt(samples.Count / 2);

    private sealed record Sample(double PerSecond, double PerFlush);
}
