using System.Text.Json.Nodes;
using Sallyport.Tests.Identity;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Foreign;

/// <summary>A gRPC server that we did not write serves the Workload API: the wire between is the one that others speak.</summary>
public sealed class ForeignWorkloadApiTests
{
    [Fact]
    public async Task Identities_come_over_it_are_renewed_and_refused()
    {
        var (ca, partner) = (new SpiffeCa(), new SpiffeCa("partner.example"));
        var socket = Path.Combine(Path.GetTempPath(), $"fw-{Guid.NewGuid():N}"[..15] + ".sock");
        await using var server = ForeignProgram.Node("workload.mjs");
        var listening = await server.Ask(new JsonObject { ["proto"] = Path.Combine(RepositoryFolder.Path, "gateway", "Identity", "workload.proto"), ["socket"] = socket });
        Assert.Null(listening["error"]);

        await using var feed = RunningFeed.OfAddress($"unix://{socket}");
        await feed.Tells("not ready (Unavailable: \"starting\")");

        var (first, next) = (ca.Under().Issue(), ca.Issue());
        await server.Ask(Response(ca, first, partner));
        await feed.Takes(first);
        Assert.Equal(2, feed.Own.Current!.Bundles.Count);
        await server.Ask(Response(ca, next, partner));
        await feed.Takes(next);
        var told = await server.Ask([]);
        Assert.Equal(1, (int)told["streams"]!);
        Assert.Equal("true", (string?)told["metadata"]!["workload.spiffe.io"]);

        await server.Ask(new JsonObject { ["status"] = 7, ["message"] = "no identity issued" });
        await feed.Tells("PermissionDenied: \"no identity issued\"");
        await feed.Takes(next);
        await server.Ask(Response(ca, first, partner));
        await feed.Takes(first);
        Assert.Null(feed.Own.Problem);
    }

    [Fact]
    public async Task Answers_of_many_frames_come_whole()
    {
        var ca = new SpiffeCa();
        var socket = Path.Combine(Path.GetTempPath(), $"fw-{Guid.NewGuid():N}"[..15] + ".sock");
        await using var server = ForeignProgram.Node("workload.mjs");
        await server.Ask(new JsonObject { ["proto"] = Path.Combine(RepositoryFolder.Path, "gateway", "Identity", "workload.proto"), ["socket"] = socket });
        var svid = ca.Issue();
        await server.Ask(Response(ca, svid, [.. Enumerable.Range(0, 200).Select(i => new SpiffeCa($"partner-{i}.example"))]));
        await using var feed = RunningFeed.OfAddress($"unix://{socket}");
        await feed.Takes(svid);
        Assert.Equal(201, feed.Own.Current!.Bundles.Count);
    }

    private static JsonObject Response(SpiffeCa ca, IssuedSvid svid, params IReadOnlyList<SpiffeCa> partners) => new()
    {
        ["response"] = new JsonObject
        {
            ["svids"] = new JsonArray(new JsonObject
            {
                ["spiffe_id"] = svid.Id,
                ["x509_svid"] = Convert.ToBase64String([.. svid.Chain.SelectMany(der => der)]),
                ["x509_svid_key"] = Convert.ToBase64String(svid.Key),
                ["bundle"] = Convert.ToBase64String(ca.Certificate),
            }),
            ["federated_bundles"] = new JsonObject([.. partners.Select(partner => KeyValuePair.Create($"spiffe://{partner.TrustDomain}", (JsonNode?)Convert.ToBase64String(partner.Certificate)))]),
        },
    };
}
