using System.Text.Json.Nodes;
using Sallyport.Tests.Fleet;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Ring;

/// <summary>An operator takes a key out of the ring of a running fleet.</summary>
[Collection(Fleets.Name)]
public sealed class RevokedKeyTests
{
    [Fact]
    [Trait("Acceptance", "C8")]
    public async Task The_active_key_is_revoked_only_with_a_successor_in_the_same_step_and_then_refused_everywhere()
    {
        await using var fleet = await IssuingFleet.StartAsync(3, issuer => issuer["Keys"]!["Poll"] = "00:00:01");
        var kid = Assert.Single(await IssuingFleet.PublishedBy(fleet.Replicas[0]));
        var token = await fleet.Token(fleet.Replicas[0]);
        // Verdicts that are remembered count too.
        foreach (var replica in fleet.Replicas) await replica.Accepts(token, "/own/1");

        var refused = await fleet.Gateways.Verb("keys", "revoke", kid, "--reason", "test");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("--emergency", refused.Errors, StringComparison.Ordinal);
        foreach (var replica in fleet.Replicas) await replica.Accepts(token, "/own/1");

        var done = await fleet.Gateways.Verb("keys", "revoke", kid, "--reason", "test", "--emergency");
        Assert.True(done.ExitCode == 0, done.ToString());
        foreach (var replica in fleet.Replicas)
        {
            await Poll.UntilAnswered(async () => (await replica.Get(token, "/own/1")).StatusCode != System.Net.HttpStatusCode.OK, TimeSpan.FromSeconds(20), $"replica {replica.Number} refuses the revoked key");
            Assert.DoesNotContain(kid, await IssuingFleet.PublishedBy(replica));
        }

        // The twin: the successor signs and is believed by all.
        var successor = await fleet.Token(fleet.Replicas[1]);
        Assert.NotEqual(kid, IssuingFleet.KidOf(successor));
        foreach (var replica in fleet.Replicas) await replica.Accepts(successor, "/own/1");

        // A restart brings nothing back.
        await fleet.Replicas[2].Restart();
        await fleet.Replicas[2].BecomesReady();
        using var answer = await fleet.Replicas[2].Get(token, "/own/1");
        Assert.Equal(401, (int)answer.StatusCode);
        var listed = await fleet.Gateways.Verb("keys", "list", "--json");
        var entry = JsonNode.Parse(listed.Output)!["keys"]!.AsArray().Single(key => (string)key!["kid"]! == kid);
        Assert.Equal("revoked", ((string)entry!["state"]!).ToLowerInvariant());
    }
}
