using System.Net;
using System.Text.Json.Nodes;
using Sallyport.Gateway.Identity;
using Sallyport.Tests.Fleet;
using Sallyport.Tests.Foreign;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Ring;

/// <summary>Two gateways that sign with their own SVIDs.</summary>
[Collection(Fleets.Name)]
[Trait("Acceptance", "A11")]
public sealed class SpiffeFleetTests : IDisposable
{
    private readonly DirectoryInfo _archive = Directory.CreateTempSubdirectory("sallyport-archive-");

    public void Dispose() => _archive.Delete(recursive: true);

    [Fact]
    [Trait("Acceptance", "A1")]
    [Trait("Acceptance", "A10")]
    public async Task Tokens_are_signed_by_the_SVIDs_verify_at_both_and_go_on_when_one_is_renewed()
    {
        await using var agents = await Agents.StartAsync(2);
        await using var fleet = await IssuingFleet.StartAsync(2, Direct, agents.Each(_archive));
        var both = new[] { Name(agents, 0), Name(agents, 1) };
        await Publish(fleet, both);
        var token = await fleet.Token(fleet.Replicas[0]);
        await Holds(token, both[0], agents.Root);
        Assert.Contains(both[0], Assert.Single(await Agents.Trail(_archive), line => line.Contains("\"token_minted\"", StringComparison.Ordinal)), StringComparison.Ordinal);
        foreach (var replica in fleet.Replicas)
        {
            await replica.Accepts(token, "/own/1");
            await replica.Accepts(await fleet.Token(fleet.Replicas[1]), "/own/1");
            await replica.Refuses(TokenForge.Token(TestKey.New("ES256"), SharedClaims(), both[0], "at+jwt"), "signature_invalid", "/own/1");
        }

        // Renewed under way: published by both before it signs, and the one before stays.
        agents.Renew(0);
        var next = Name(agents, 0);
        Assert.NotEqual(both[0], next);
        await Publish(fleet, [.. both, next]);
        var second = token;
        await Poll.Until(async () => IssuingFleet.KidOf(second = await fleet.Token(fleet.Replicas[0])) == next, TimeSpan.FromSeconds(30), "the renewed SVID signs");
        await Holds(second, next, agents.Root);
        foreach (var replica in fleet.Replicas)
        {
            await replica.Accepts(token, "/own/1");
            await replica.Accepts(second, "/own/1");
        }

        // Whoever starts anew goes by the SVID that it is given.
        await fleet.Replicas[0].Restart();
        await fleet.Replicas[0].BecomesReady();
        Assert.Equal(next, IssuingFleet.KidOf(await fleet.Token(fleet.Replicas[0])));
        var offline = await GatewayProcess.RunAsync(["token", "verify", token, "--archive", _archive.FullName]);
        Assert.True(offline.ExitCode == 0, offline.ToString());
        Assert.Contains(both[0], offline.Output, StringComparison.Ordinal);

        // By its whole name a key's tokens are revoked like any other's.
        var revoked = await fleet.Gateways.Verb("revoke", "--issuer", "own", "--kid", both[0]);
        Assert.True(revoked.ExitCode == 0, revoked.ToString());
        foreach (var replica in fleet.Replicas)
        {
            await Poll.UntilAnswered(async () => (await replica.Get(token, "/own/1")).StatusCode != HttpStatusCode.OK, what: "what was revoked is refused");
            await replica.Refuses(token, "token_revoked", "/own/1");
            await replica.Accepts(second, "/own/1");
        }

        var refused = await fleet.Gateways.Verb("keys", "prepare");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("no verb does", refused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Acceptance", "A2")]
    public async Task Without_an_SVID_it_does_not_start_outside_Development_and_with_one_it_does_and_lists_it()
    {
        await using var server = await WorkloadApiServer.StartAsync();
        var sallyport = new JsonObject
        {
            ["Issuer"] = new JsonObject { ["Issuer"] = "https://gateway.example", ["Keys"] = new JsonObject { ["Store"] = "Spiffe" } },
            ["Identity"] = new JsonObject { ["Source"] = "WorkloadApi", ["WorkloadApi"] = server.Address },
        };
        var files = new Dictionary<string, string> { ["gateway.json"] = new JsonObject { ["Urls"] = "http://127.0.0.1:0", ["Sallyport"] = sallyport }.ToJsonString() };
        var production = new Dictionary<string, string> { ["DOTNET_ENVIRONMENT"] = "Production" };
        await using (var process = await GatewayProcess.StartAsync(["serve", "--config", "gateway.json"], production, files))
        {
            Assert.NotEqual(0, await process.Exit(TimeSpan.FromSeconds(90)));
            Assert.Contains("no SVID", process.Output + process.Errors, StringComparison.Ordinal);
        }

        var root = new SpiffeCa();
        var issued = root.Issue();
        server.Publish(root, issued);
        await using var started = await GatewayProcess.StartAsync(["serve", "--config", "gateway.json"], production, files);
        await started.Line("Now listening on: ", TimeSpan.FromSeconds(60));
        var listed = await GatewayProcess.RunAsync(["keys", "list", "--config", "gateway.json"], production, files);
        Assert.True(listed.ExitCode == 0, listed.ToString());
        Assert.Contains($"{issued.Id}#", listed.Output, StringComparison.Ordinal);
    }

    private static void Direct(JsonObject issuer)
    {
        issuer["JwksMaxAge"] = "00:00:01";
        issuer["Keys"] = new JsonObject { ["Store"] = "Spiffe", ["Poll"] = "00:00:00.250" };
    }

    /// <summary>The kid of what the SVID of that agent signs.</summary>
    private static string Name(Agents agents, int number)
    {
        using var svid = agents.Issued[number].Taken(agents.Root.Bundles);
        return $"{Agents.Id}#{svid.Public.Thumbprint}";
    }

    /// <summary>The certificate in the header leads to the root, names the workload, and its key signed the token; by OpenSSL too.</summary>
    private static async Task Holds(string token, string kid, SpiffeCa root)
    {
        var header = IssuingFleet.HeaderOf(token);
        Assert.Equal((kid, "ES256"), ((string)header["kid"]!, (string)header["alg"]!));
        List<byte[]> chain = [.. header["x5c"]!.AsArray().Select(certificate => Convert.FromBase64String((string)certificate!))];
        Assert.Null(SvidCheck.Check(chain, root.Bundles, TimeProvider.System.GetUtcNow(), out var id));
        Assert.Equal(Agents.Id, id!.ToString());
        Assert.NotNull(SvidCheck.Check(chain, new SpiffeCa().Bundles, TimeProvider.System.GetUtcNow(), out _));
        Assert.True(await OpenSsl.VerifiesByItsCertificate(token));
        Assert.True(await OpenSsl.LeadsTo(token, root.Certificate));
        Assert.False(await OpenSsl.LeadsTo(token, new SpiffeCa().Certificate));
    }

    private static Task Publish(IssuingFleet fleet, IReadOnlyCollection<string> kids) => Poll.Until(
        async () =>
        {
            foreach (var replica in fleet.Replicas)
                if (!(await IssuingFleet.PublishedBy(replica)).ToHashSet(StringComparer.Ordinal).SetEquals(kids)) return false;
            return true;
        },
        TimeSpan.FromSeconds(30),
        "both publish the keys of both");

    private static JsonObject SharedClaims()
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        return new JsonObject { ["iss"] = IssuingFleet.Issuer, ["aud"] = IssuingFleet.Audience, ["sub"] = IssuingFleet.Client, ["iat"] = now, ["exp"] = now + 60, ["jti"] = "j" };
    }
}
