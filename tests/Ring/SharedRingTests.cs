using System.Text.Json.Nodes;
using Sallyport.Tests.Fleet;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Ring;

/// <summary>Five processes with one ring.</summary>
[Collection(Fleets.Name)]
public sealed class SharedRingTests
{
    private static List<JsonNode> Journal(string archive) =>
        [.. Directory.GetFiles(Path.Combine(archive, "trail"), "*.jsonl").SelectMany(File.ReadAllLines).Select(line => JsonNode.Parse(line)!)];

    [Fact]
    [Trait("Acceptance", "C1")]
    [Trait("Acceptance", "A1")]
    [Trait("Acceptance", "A3")]
    [Trait("Acceptance", "C7")]
    [Trait("Acceptance", "C11")]
    public async Task Five_processes_that_start_at_once_make_one_key_and_all_sign_and_trust_with_it()
    {
        var archive = Directory.CreateTempSubdirectory("sallyport-archive-");
        await using var fleet = await IssuingFleet.StartAsync(5, audit: new JsonObject { ["Sink"] = "File", ["Directory"] = archive.FullName });
        var kids = await Everywhere(fleet);
        var kid = Assert.Single(kids);
        Assert.Single(Journal(archive.FullName), line => (string?)line["event"] == "key_generated");

        var tokens = new List<string>();
        foreach (var replica in fleet.Replicas)
        {
            var token = await fleet.Token(replica);
            Assert.Equal(kid, IssuingFleet.KidOf(token));
            // The journal names the same key, for this very token.
            var digest = System.Buffers.Text.Base64Url.EncodeToString(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(token)));
            var record = Assert.Single(Journal(archive.FullName), line => (string?)line["sha256"] == digest);
            Assert.Equal(("token_minted", kid), ((string?)record["event"], (string?)record["kid"]));
            tokens.Add(token);
        }

        // Each takes every other's, whoever signed it; and no other key's.
        foreach (var replica in fleet.Replicas)
        {
            foreach (var token in tokens) await replica.Accepts(token, "/own/1");
            await replica.Refuses(TokenForge.Token(TestKey.New("ES256"), Claims(), kid, "at+jwt"), "signature_invalid", "/own/1");
        }

        // Whoever signed it is gone, and a process that starts anew adopts what is there.
        await fleet.Replicas[0].Kill();
        foreach (var replica in fleet.Replicas.Skip(1)) await replica.Accepts(tokens[0], "/own/1");
        await VerifiesOffline(tokens[0], archive.FullName);
        for (var crash = 0; crash < 3; crash++)
        {
            await fleet.Replicas[1].Restart();
            await fleet.Replicas[1].BecomesReady();
        }

        await fleet.Replicas[1].Accepts(tokens[0], "/own/1");
        Assert.Equal(kid, IssuingFleet.KidOf(await fleet.Token(fleet.Replicas[1])));
        Assert.Equal([kid], await IssuingFleet.PublishedBy(fleet.Replicas[1]));
        Assert.DoesNotContain("key_prepared", fleet.Replicas[1].Said, StringComparison.Ordinal);
        Assert.DoesNotContain("key_activated", fleet.Replicas[1].Said, StringComparison.Ordinal);
        archive.Delete(recursive: true);
    }

    [Fact]
    [Trait("Acceptance", "C2")]
    [Trait("Acceptance", "C4")]
    [Trait("Acceptance", "C10")]
    public async Task Through_three_rotations_of_five_processes_no_more_is_published_than_prepared_active_and_unexpired_retired_keys()
    {
        const int life = 12;
        await using var fleet = await IssuingFleet.StartAsync(5, IssuingFleet.Quick(life));
        var signed = new List<string>();
        var notYetPublished = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        var firstSigned = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        var lastLook = DateTimeOffset.MinValue;
        await Poll.Until(
            async () =>
            {
                var look = DateTimeOffset.UtcNow;
                foreach (var replica in fleet.Replicas)
                {
                    var published = await IssuingFleet.PublishedBy(replica);
                    // A key is retired for the sixth of its life that is left, and the next but one is not prepared before that.
                    Assert.InRange(published.Count, 1, 3);
                    // When the look before this one began, nobody published it.
                    foreach (var kid in published) notYetPublished.TryAdd(kid, lastLook);
                    var by = IssuingFleet.KidOf(await fleet.Token(replica));
                    if (firstSigned.TryAdd(by, DateTimeOffset.UtcNow)) signed.Add(by);
                }

                lastLook = look;
                return signed.Count > 3;
            },
            TimeSpan.FromSeconds(10 * life),
            "four keys have signed");

        // The next one may be prepared already.
        Assert.InRange(Generated(fleet), 4, 5);
        // JwksMaxAge and twice Poll.
        var lead = TimeSpan.FromSeconds(1.5);
        foreach (var kid in signed.Skip(1))
            Assert.True(firstSigned[kid] - notYetPublished[kid] >= lead, $"{kid} signed {firstSigned[kid] - notYetPublished[kid]} after a look that did not find it published.");
        var last = await Everywhere(fleet);
        Assert.DoesNotContain(signed[0], last);
        Assert.DoesNotContain(signed[1], last);
    }

    /// <summary>Without configuration and without network; and the same token with one letter changed does not.</summary>
    private static async Task VerifiesOffline(string token, string archive)
    {
        var good = await GatewayProcess.RunAsync(["token", "verify", token, "--archive", archive]);
        Assert.True(good.ExitCode == 0, good.ToString());
        var at = token.IndexOf('.', StringComparison.Ordinal) + 10;
        var tampered = $"{token[..at]}{(token[at] == 'A' ? 'B' : 'A')}{token[(at + 1)..]}";
        Assert.NotEqual(0, (await GatewayProcess.RunAsync(["token", "verify", tampered, "--archive", archive])).ExitCode);
    }

    private static JsonObject Claims()
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        return new JsonObject { ["iss"] = IssuingFleet.Issuer, ["aud"] = IssuingFleet.Audience, ["sub"] = IssuingFleet.Client, ["iat"] = now, ["exp"] = now + 60, ["jti"] = "j" };
    }

    /// <summary>How many private keys were made, by all processes together.</summary>
    private static int Generated(IssuingFleet fleet) =>
        fleet.Gateways.Story().Split('\n').Count(line => line.Contains("key_generated", StringComparison.Ordinal));

    /// <summary>What all of them publish, once they agree.</summary>
    private static async Task<IReadOnlyList<string>> Everywhere(IssuingFleet fleet)
    {
        IReadOnlyList<string> first = [];
        await Poll.Until(
            async () =>
            {
                first = await IssuingFleet.PublishedBy(fleet.Replicas[0]);
                foreach (var replica in fleet.Replicas.Skip(1))
                    if (!(await IssuingFleet.PublishedBy(replica)).ToHashSet(StringComparer.Ordinal).SetEquals(first))
                        return false;
                return true;
            },
            TimeSpan.FromSeconds(20),
            "all publish the same keys");
        return first;
    }
}
