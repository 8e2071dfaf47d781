using Sallyport.Tests.Fleet;
using Sallyport.Tests.Support;
using StackExchange.Redis;

namespace Sallyport.Tests.Ring;

/// <summary>A process is stopped in the middle of a rotation, for longer than its lease lasts, and then goes on.</summary>
[Collection(Fleets.Name)]
public sealed class StalledRotatorTests
{
    [Fact]
    [Trait("Acceptance", "C6")]
    public async Task What_a_stalled_process_writes_when_it_comes_back_is_refused()
    {
        await using var fleet = await IssuingFleet.PrepareAsync(5, hasWires: true, edit: issuer =>
        {
            // A key that takes long to make: time to see whose lease it is.
            issuer["Algorithm"] = "RS256";
            issuer["RsaBits"] = 4096;
            issuer["Keys"]!["Poll"] = "00:00:00.250";
        });
        var stalled = fleet.Replicas[0];
        await using var hand = await fleet.Gateways.Redis.ConnectAsync();
        var redis = hand.GetDatabase();

        // The first one takes the lease, sees that there is no ring yet, makes the first key, and is stopped when it writes it: what it sent has not arrived.
        await using var monitor = await RedisMonitor.StartAsync(fleet.Gateways.Redis);
        var starting = stalled.Start();
        await monitor.Sees($"\"SET\" \"{IssuingFleet.LeaseName}\"");
        var taken = (string)(await redis.StringGetAsync(IssuingFleet.LeaseName))!;
        // Fence, owner, end.
        Assert.Matches(@"^1\.\w+\.\d+$", taken);
        var owner = taken.Split('.')[1];
        var write = stalled.RedisWire!.HoldBack(owner);
        await Poll.Until(() => write.IsHolding, TimeSpan.FromSeconds(60));
        Signals.Freeze(stalled.ProcessId);
        RedisValue ring;
        try
        {
            Assert.False(await redis.KeyExistsAsync(IssuingFleet.RingName), "The key was made too quickly for this test.");

            // The others have to wait until the lease ends by itself; then one of them makes the key.
            await Task.WhenAll(fleet.Replicas.Skip(1).Select(replica => replica.Start()));
            await Task.WhenAll(fleet.Replicas.Skip(1).Select(replica => replica.BecomesReady(TimeSpan.FromSeconds(60))));

            // What the first one sent arrives now, and changes nothing.
            ring = await redis.StringGetAsync(IssuingFleet.RingName);
            write.Open();
            await monitor.Sees($"\"{owner}\" \"1\" \"0\" \"1\"");
            Assert.Equal(ring, await redis.StringGetAsync(IssuingFleet.RingName));
        }
        finally
        {
            Signals.Thaw(stalled.ProcessId);
        }

        await starting;
        await stalled.BecomesReady();
        Assert.Equal(ring, await redis.StringGetAsync(IssuingFleet.RingName));
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
