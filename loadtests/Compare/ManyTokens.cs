using System.Text.Json.Nodes;

namespace Sallyport.LoadTests.Compare;

/// <summary>The memory of a gateway that keeps 100,000 verified tokens, beside bare YARP that got the same requests.</summary>
internal static class ManyTokens
{
    public const int Count = 100_000;

    /// <summary>What the gateway's cache may hold here, in place of its default of 20,000.</summary>
    public const int MaxEntries = 120_000;

    private const int AtOnce = 10_000;

    /// <summary>Peak resident memory in MiB.</summary>
    public static async Task<Pair> MeasureAsync(Launcher launcher, TokenForge forge, int connections, CancellationToken cancellation)
    {
        await using var bare = await launcher.StartAsync(Contender.Bare, ChildProcess.FreePort(), cancellation);
        await using var gateway = await launcher.StartGatewayAsync(
            ChildProcess.FreePort(), json => json["Sallyport"]!["VerifiedTokens"] = new JsonObject { ["MaxEntries"] = MaxEntries }, cancellation);
        for (var sent = 0; sent < Count; sent += AtOnce)
        {
            ReadOnlyMemory<byte>[] requests = [.. Enumerable.Range(0, AtOnce).Select(_ => Traffic.Get("/orders/acme/17", forge.Token("ES256")))];
            foreach (var proxy in (ChildProcess[])[bare, gateway])
            {
                await using var generator = await LoadGenerator.ConnectAsync(new Traffic("100,000 tokens", proxy, requests), connections, cancellation);
                await generator.RunAsync(AtOnce, cancellation);
            }
        }

        return new Pair(Spread.Of([bare.Memory(isPeak: true)]), Spread.Of([gateway.Memory(isPeak: true)]));
    }
}
