using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Sallyport.Gateway.Identity;
using Sallyport.Gateway.Keys;
using Sallyport.Gateway.Tokens;
using Sallyport.Tests.Fleet;
using Sallyport.Tests.Foreign;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Ring;

/// <summary>Two gateways with one ring, and an agent beside each that gives it an SVID of its own.</summary>
[Collection(Fleets.Name)]
public sealed class EndorsedFleetTests : IDisposable
{
    // Past two thirds of its life from the beginning.
    private static readonly SvidShape Old = new() { Age = TimeSpan.FromMinutes(60), Life = TimeSpan.FromMinutes(20) };

    private readonly DirectoryInfo _archive = Directory.CreateTempSubdirectory("sallyport-archive-");

    public void Dispose() => _archive.Delete(recursive: true);

    [Fact]
    [Trait("Acceptance", "A9")]
    [Trait("Acceptance", "A10")]
    [Trait("Acceptance", "C7")]
    public async Task From_a_token_over_its_key_and_the_endorsement_to_the_root_and_again_after_the_SVIDs_were_renewed()
    {
        await using var agents = await Agents.StartAsync(2, Old);
        await using var fleet = await IssuingFleet.PrepareAsync(2, each: agents.Each(_archive));
        await fleet.Gateways.Start();
        // Degraded, because nobody has renewed what is due.
        foreach (var replica in fleet.Replicas) await replica.Becomes(health => health.Code == 200, "the replica serves");
        var token = await fleet.Token(fleet.Replicas[0]);
        var first = await Agreed(fleet);
        await Holds(token, first, agents.Root, await KeyOf(token, fleet.Replicas[1]));
        Assert.Contains(agents.Issued.Select(issued => issued.Chain[0]), leaf => leaf.SequenceEqual(first.Chain[0]));
        Assert.Single(Kept(first.Thumbprint));
        foreach (var replica in fleet.Replicas) await fleet.Token(replica);

        // Told before the first token, and by whom.
        var trail = await Agents.Trail(_archive);
        var told = Array.FindIndex(trail, line => line.Contains("\"key_endorsed\"", StringComparison.Ordinal) && line.Contains(first.Hash, StringComparison.Ordinal));
        Assert.InRange(told, 0, Array.FindIndex(trail, line => line.Contains("\"token_minted\"", StringComparison.Ordinal)));
        Assert.Contains(Agents.Id, trail[told], StringComparison.Ordinal);

        await RunsAsWritten(fleet.Replicas[0], agents.Root);

        // The agents renew; nothing is restarted.
        var before = agents.Issued.ToArray();
        agents.Renew(0);
        agents.Renew(1);
        Endorsement second = first;
        await Poll.Until(async () => (second = await Agreed(fleet)).Text != first.Text, TimeSpan.FromSeconds(30), "another endorsement is served");
        Assert.Contains(agents.Issued.Select(issued => issued.Chain[0]), leaf => leaf.SequenceEqual(second.Chain[0]));
        Assert.DoesNotContain(before.Select(issued => issued.Chain[0]), leaf => leaf.SequenceEqual(second.Chain[0]));
        Assert.Equal(first.KeyId, second.KeyId);
        var later = await fleet.Token(fleet.Replicas[1]);
        foreach (var one in new[] { token, later })
        {
            await Holds(one, second, agents.Root, await KeyOf(one, fleet.Replicas[0]));
            foreach (var replica in fleet.Replicas) await replica.Accepts(one, "/own/1");
        }

        // One of them did it, for both; and both stay in the archive.
        Assert.Equal(new[] { first.Hash, second.Hash }.Order(StringComparer.Ordinal), Kept(first.Thumbprint).Order(StringComparer.Ordinal));

        // Whoever starts anew takes over the ring with its endorsement, and has an identity of its own.
        agents.Renew(1);
        await fleet.Replicas[1].Restart();
        await fleet.Replicas[1].BecomesReady();
        Assert.Equal(second.Text, (await Agreed(fleet)).Text);
        Assert.Equal(first.KeyId, IssuingFleet.KidOf(await fleet.Token(fleet.Replicas[1])));
        Assert.Single(await Agents.Trail(_archive), line => line.Contains("\"key_generated\"", StringComparison.Ordinal));
        await fleet.Replicas[1].Accepts(token, "/own/1");
        Assert.Equal(2, Kept(first.Thumbprint).Count);

        // What a verb makes is endorsed as it is made, by the identity that the verb is given.
        var prepared = await fleet.Gateways.Verb("keys", "prepare", "--json");
        Assert.True(prepared.ExitCode == 0, prepared.ToString());
        var keys = JsonNode.Parse(prepared.Output)!["keys"]!.AsArray();
        Assert.Equal([Agents.Id, Agents.Id], keys.Select(key => (string?)key!["endorsedBy"]));
        Assert.Contains(Agents.Id, (await fleet.Gateways.Verb("keys", "list")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Acceptance", "A9")]
    public async Task A_gateway_with_another_SPIFFE_ID_or_another_root_signs_nothing_and_says_why(bool isOfAnotherRoot)
    {
        await using var agents = await Agents.StartAsync(2);
        await using var fleet = await IssuingFleet.PrepareAsync(2, issuer => issuer["Keys"]!["Poll"] = "00:00:00.500", each: agents.Each());
        await fleet.Replicas[0].Start();
        await fleet.Replicas[0].BecomesReady();
        if (isOfAnotherRoot)
        {
            var forger = new SpiffeCa();
            agents.Publish(1, forger, forger.Issue());
        }
        else
        {
            agents.Publish(1, agents.Root, agents.Root.Issue("/somebody"));
        }

        await fleet.Replicas[1].Start();
        await fleet.Replicas[1].Becomes(health => health.Code == 503 && health.Mentions(isOfAnotherRoot ? "SVID does not hold" : Agents.Id), "the replica is not ready and says why");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth/token") { Content = new FormUrlEncodedContent([KeyValuePair.Create("grant_type", "client_credentials")]) };
        using var answer = await fleet.Replicas[1].Client.SendAsync(request);
        Assert.NotEqual(HttpStatusCode.OK, answer.StatusCode);
        var endorsement = await Served(fleet.Replicas[0]);
        Assert.Equal(Agents.Id, endorsement!.SpiffeId);

        // The same gateway, once its agent gives it what it should.
        agents.Renew(1);
        await fleet.Replicas[1].BecomesReady();
        await fleet.Replicas[0].Accepts(await fleet.Token(fleet.Replicas[1]), "/own/1");
    }

    /// <summary>The whole chain, with nothing but the JWK Set, the endorsement and the root; and by OpenSSL.</summary>
    private static async Task Holds(string token, Endorsement endorsement, SpiffeCa root, JsonObject jwk)
    {
        Assert.True(JwkSet.TryParse(System.Text.Encoding.UTF8.GetBytes(new JsonObject { ["keys"] = new JsonArray(jwk.DeepClone()) }.ToJsonString()), 1, out var set, out _));
        Assert.Null(JwsCheck.Check(token, set, Algorithm.All.ToArray()));
        var key = Assert.Single(set.Keys);
        Assert.Equal(key.Thumbprint, IssuingFleet.KidOf(token));
        Assert.Null(endorsement.Check(IssuingFleet.Issuer, key, key.KeyId!, root.Bundles));
        Assert.NotNull(endorsement.Check(IssuingFleet.Issuer, key, key.KeyId!, new SpiffeCa().Bundles));
        Assert.Equal(Agents.Id, endorsement.SpiffeId);

        Assert.True(await OpenSsl.Verifies(token, jwk));
        Assert.True(await OpenSsl.VerifiesByItsCertificate(endorsement.Text));
        Assert.True(await OpenSsl.LeadsTo(endorsement.Text, root.Certificate));
        Assert.False(await OpenSsl.LeadsTo(endorsement.Text, new SpiffeCa().Certificate));
    }

    /// <summary>The commands of docs/spiffe.md, with the gateway's address in the place of the example's: the right root is believed, another one is not.</summary>
    private static async Task RunsAsWritten(Replica replica, SpiffeCa root)
    {
        var page = await File.ReadAllTextAsync(Path.Combine(RepositoryFolder.Path, "docs", "spiffe.md"));
        var start = page.IndexOf("curl -s https://gateway.example.com/", StringComparison.Ordinal);
        var script = page[start..page.IndexOf("```", start, StringComparison.Ordinal)].Replace("https://gateway.example.com/", replica.Client.BaseAddress!.ToString(), StringComparison.Ordinal);
        foreach (var (authority, isRight) in new[] { (root, true), (new SpiffeCa(), false) })
        {
            var folder = Directory.CreateTempSubdirectory("sallyport-page-");
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "bundle.pem"), authority.Pem);
            using var process = Process.Start(new ProcessStartInfo("sh", ["-ec", script]) { WorkingDirectory = folder.FullName, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync();
            folder.Delete(recursive: true);
            var said = await output + await errors;
            Assert.True(process.ExitCode == 0 == isRight, said);
            if (isRight) Assert.Contains($"URI:{Agents.Id}", said, StringComparison.Ordinal);
        }
    }

    private static async Task<JsonObject> KeyOf(string token, Replica replica)
    {
        var set = JsonNode.Parse(await replica.Client.GetStringAsync("/.well-known/jwks.json"))!;
        return (JsonObject)set["keys"]!.AsArray().Single(key => (string)key!["kid"]! == IssuingFleet.KidOf(token))!;
    }

    private static async Task<Endorsement?> Served(Replica replica)
    {
        var document = JsonNode.Parse(await replica.Client.GetStringAsync("/.well-known/key-endorsements.json"))!;
        if (document["endorsements"]!.AsArray() is not [var only]) return null;
        var read = Endorsement.Read((string)only!["endorsement"]!, out var problem);
        Assert.True(read is not null, problem);
        Assert.Equal(read.KeyId, (string)only["kid"]!);
        return read;
    }

    /// <summary>What both serve, once they agree.</summary>
    private static async Task<Endorsement> Agreed(IssuingFleet fleet)
    {
        Endorsement? one = null;
        await Poll.Until(
            async () =>
            {
                one = await Served(fleet.Replicas[0]);
                return one is not null && (await Served(fleet.Replicas[1]))?.Text == one.Text;
            },
            TimeSpan.FromSeconds(30),
            "both serve the same endorsement");
        return one!;
    }

    private List<string> Kept(string thumbprint) => [.. new EndorsementArchive(Path.Combine(_archive.FullName, "endorsements")).Of(thumbprint).Select(kept => kept.Hash)];
}
