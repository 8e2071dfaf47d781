using Sallyport.Tests.Fleet;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Ring;

/// <summary>A process is stopped in the middle of a rotation, for longer than its lease lasts, and then goes on.</summary>
[Collection(Fleets.Name)]
public sealed class StalledRotatorTests
{
    [Fact]
    [Trait("Acceptance", "C6")]
    public async Task What_a_stalled_process_writes_when_it_comes_back_is_refused()
    {
        await using var fleet = await IssuingFleet.PrepareAsync(5, issuer =>
        {
            // A key that takes long to make: time to be stopped in.
            issuer["Algorithm"] = "RS256";
            issuer["RsaBits"] = 4096;
            issuer["Keys"]!["Poll"] = "00:00:00.250";
        });
        var stalled = fleet.Replicas[0];
        await using var hand = await fleet.Gateways.Redis.ConnectAsync();
        var redis = hand.GetDatabase();

        // The first one takes the lease, sees that there is no ring yet, and is stopped while it makes the first key: nothing is written.
        await using var monitor = await RedisMonitor.StartAsync(fleet.Gateways.Redis);
        var starting = stalled.Start();
        await monitor.Sees($"\"SET\" \"{IssuingFleet.LeaseName}\"");
        await monitor.Sees($"\"TYPE\" \"{IssuingFleet.RingName}\"");
        Signals.Freeze(stalled.ProcessId);
        var taken = (string)(await redis.StringGetAsync(IssuingFleet.LeaseName))!;
        try
        {
            Assert.False(await redis.KeyExistsAsync(IssuingFleet.RingName), "The key was made too quickly for this test.");

            // Fence, owner, end.
            Assert.Matches(@"^1\.\w+\.\d+$", taken);

            // The others have to wait until the lease ends by itself; then one of them makes the key.
            await Task.WhenAll(fleet.Replicas.Skip(1).Select(replica => replica.Start()));
            await Task.WhenAll(fleet.Replicas.Skip(1).Select(replica => replica.BecomesReady(TimeSpan.FromSeconds(60))));
        }
        finally
        {
            Signals.Thaw(stalled.ProcessId);
        }

        await starting;
        await stalled.BecomesReady();
        var kid = Assert.Single(await IssuingFleet.PublishedBy(fleet.Replicas[1]));
        Assert.Equal([kid], await IssuingFleet.PublishedBy(stalled));
        var token = await fleet.Token(stalled);
        Assert.Equal(kid, IssuingFleet.KidOf(token));
        foreach (var replica in fleet.Replicas) await replica.Accepts(token, "/own/1");
        // It had made one, and was told that it came too late.
        Assert.Contains("key_generated", stalled.Said, StringComparison.Ordinal);
        Assert.DoesNotContain(kid, stalled.Said.Split('\n').First(line => line.Contains("key_generated", StringComparison.Ordinal)), StringComparison.Ordinal);
    }
}
