using System.Net;
using System.Net.Sockets;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Fleet;

[Collection(Fleets.Name)]
public sealed class ColdFleetTests
{
    [Fact]
    [Trait("Acceptance", "D5")]
    public async Task Five_hundred_requests_at_three_gateways_that_have_no_keys_yet_wait_for_the_same_fetch()
    {
        await using var fleet = await GatewayFleet.PrepareAsync(new FleetPlan { Issuers = [new("corp") { Timeout = TimeSpan.FromSeconds(30) }] });
        var (issuer, latch) = (fleet.Issuer, new Latch());
        issuer.Server.Jwks.Fault = Faults.Held(latch);
        await fleet.Start();

        var connections = 0;
        using var client = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = async (context, cancellation) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(context.DnsEndPoint, cancellation);
                Interlocked.Increment(ref connections);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
        var answers = Enumerable.Range(0, 500).Select(i => Ask(fleet.Replicas[i % 3])).ToArray();
        await Poll.Until(() => Volatile.Read(ref connections) == answers.Length && latch.Arrived == 1, TimeSpan.FromSeconds(25));
        Assert.DoesNotContain(answers, answer => answer.IsCompleted);
        Assert.Empty(fleet.Upstream.Requests);
        latch.Open();
        Assert.All(await Task.WhenAll(answers), status => Assert.Equal(HttpStatusCode.OK, status));
        Assert.Equal(1, issuer.Fetches);
        await fleet.BecomesReady();

        async Task<HttpStatusCode> Ask(Replica replica)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(replica.Client.BaseAddress!, "/any"));
            request.Headers.Authorization = new("Bearer", issuer.Token());
            using var answer = await client.SendAsync(request);
            return answer.StatusCode;
        }
    }
}
