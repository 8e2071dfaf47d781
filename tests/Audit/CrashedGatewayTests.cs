using System.Collections.Concurrent;
using System.Runtime.Versioning;
using System.Text;
using Sallyport.Gateway.Audit;
using Sallyport.Tests.Proof;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Audit;

/// <summary>A gateway process that is killed while it issues tokens.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class CrashedGatewayTests
{
    [Fact]
    [Trait("Acceptance", "B7")]
    public async Task Every_token_that_was_handed_out_before_a_crash_has_its_record()
    {
        var authority = new SpiffeCa();
        await using var gateway = new ProvableGateway(authority);
        await gateway.RenewSvidAsync();
        var handedOut = new ConcurrentBag<string>();
        for (var crash = 0; crash < 3; crash++)
        {
            await gateway.StartAsync();
            var before = handedOut.Count;
            var clients = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
            {
                try
                {
                    while (true)
                    {
                        using var answer = await gateway.AskAsync();
                        if (!answer.IsSuccessStatusCode) continue;
                        var body = System.Text.Json.Nodes.JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
                        handedOut.Add((string)body["access_token"]!);
                    }
                }
                catch (HttpRequestException)
                {
                    // Killed.
                }
            })).ToArray();
            await Poll.Until(() => handedOut.Count >= before + 50, TimeSpan.FromSeconds(60));
            await gateway.KillAsync();
            await Task.WhenAll(clients);
        }

        await gateway.StartAsync();
        await gateway.TokenAsync();
        await gateway.StopAsync();

        var head = TrailHead.Empty;
        var recorded = new HashSet<string>(StringComparer.Ordinal);
        foreach (var day in Directory.GetFiles(Path.Combine(gateway.Archive, "trail"), "*.jsonl").Order(StringComparer.Ordinal))
            foreach (var line in (await File.ReadAllLinesAsync(day)).Select(Encoding.UTF8.GetBytes))
            {
                head = head.Next(line) ?? throw new Xunit.Sdk.XunitException($"record {head.Count + 1} does not follow: {Encoding.UTF8.GetString(line)}");
                if (TrailLine.Read(line)!.Record is { Event: AuditEvent.TokenMinted, Hash: { } hash }) recorded.Add(hash);
            }

        Assert.All(handedOut, token => Assert.Contains(TrailLine.HashOf(Encoding.ASCII.GetBytes(token)), recorded));
        Assert.True(head.IsSettled, "an orderly stop leaves nothing without a checkpoint");
    }
}
