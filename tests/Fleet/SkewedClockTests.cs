using System.Net;
using System.Net.Http.Headers;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Fleet;

[Collection(Fleets.Name)]
public sealed class SkewedClockTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Replicas_whose_clocks_are_ten_seconds_apart_share_fetches_cooldown_and_soft_expiry_all_the_same()
    {
        await using var fleet = await GatewayFleet.StartAsync(new FleetPlan
        {
            Replicas = 1,
            Issuers = [new("rotates"), new("cools"), new("expires") { SoftExpiry = 2 * Second, Cooldown = Second }],
        });
        await using var fast = await TestGateway.StartAsync(fleet.Configuration(), new SkewedClock(5 * Second));
        await using var slow = await TestGateway.StartAsync(fleet.Configuration(), new SkewedClock(-5 * Second));
        using var fastClient = FrontDoors.Client(fast);
        using var slowClient = FrontDoors.Client(slow);
        HttpClient[] clients = [fleet.Replicas[0].Client, fastClient, slowClient];
        var (rotates, cools, expires) = (fleet["rotates"], fleet["cools"], fleet["expires"]);
        foreach (var client in clients)
            foreach (var issuer in fleet.Issuers) Assert.Equal(HttpStatusCode.OK, await Ask(client, issuer.Token()));
        Assert.Equal(1, rotates.Fetches);
        Assert.Equal(1, cools.Fetches);

        // Whoever is first, the others have its keys without a fetch of their own.
        for (var rotation = 0; rotation < 6; rotation++)
        {
            var next = rotates.NextKey();
            rotates.Publish(next);
            for (var turn = 0; turn < 3; turn++) Assert.Equal(HttpStatusCode.OK, await Ask(clients[(rotation + turn) % 3], rotates.Token(next)));
            Assert.Equal(2 + rotation, rotates.Fetches);
        }

        // One vain attempt of 30 s: to a clock of 5 s before or after as well.
        for (var round = 0; round < 4; round++)
            foreach (var client in clients) Assert.Equal(HttpStatusCode.Unauthorized, await Ask(client, cools.Token(NamedKey.New("nobody's"))));
        Assert.Equal(2, cools.Fetches);

        // About one refresh in each soft expiry; the fast one does not find everything overdue, and the slow one not everything fresh.
        var (before, watch) = (expires.Fetches, System.Diagnostics.Stopwatch.StartNew());
        await Poll.Until(() => expires.Fetches >= before + 3, TimeSpan.FromSeconds(30));
        Assert.True(watch.Elapsed > 3 * Second, $"Three refreshes took {watch.Elapsed.TotalSeconds:0.0} s.");
    }

    private static async Task<HttpStatusCode> Ask(HttpClient client, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/any");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await client.SendAsync(request);
        return answer.StatusCode;
    }
}
