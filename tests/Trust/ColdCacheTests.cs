using System.Net.Sockets;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Trust;

public sealed class ColdCacheTests
{
    [Fact]
    [Trait("Acceptance", "D5")]
    public async Task Five_hundred_requests_at_once_on_a_cold_cache_make_one_fetch()
    {
        var (key, latch) = (TestKey.New("ES256"), new Latch());
        await using var issuer = await IssuerServer.StartAsync(key.PublicJwk("k1"));
        issuer.Jwks.Fault = Faults.Held(latch);
        await using var door = await Doorway.OpenAsync(issuer, corp => corp["Keys"]!["Timeout"] = "00:00:30");

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
        })
        {
            BaseAddress = new Uri(door.Gateway.Url),
        };
        var answers = Enumerable.Range(0, 500).Select(_ => door.Accepts(door.Token(issuer, key, "k1"), client)).ToArray();
        await Poll.Until(() => Volatile.Read(ref connections) == answers.Length && latch.Arrived == 1, TimeSpan.FromSeconds(25));
        Assert.Empty(door.Upstream.Requests);
        latch.Open();
        await Task.WhenAll(answers);
        Assert.Equal(1, issuer.JwksHits);
    }

    [Fact]
    [Trait("Acceptance", "D5")]
    public async Task All_who_wait_on_a_cold_cache_wait_for_the_same_fetch()
    {
        await using var cache = await KeyCache.OverAsync();
        var latch = new Latch();
        cache.Issuer.Jwks.Fault = Faults.Held(latch);
        var waiting = Enumerable.Range(0, 500).Select(_ => cache.Find("k1")).ToArray();
        await Poll.Until(() => latch.Arrived == 1);
        Assert.DoesNotContain(waiting, w => w.IsCompleted);
        latch.Open();
        Assert.All(await Task.WhenAll(waiting), answer => Assert.Equal("found", answer));
        Assert.Equal(1, cache.Issuer.JwksHits);
    }

    [Fact]
    public async Task A_caller_that_goes_away_does_not_end_the_fetch_for_the_others()
    {
        await using var cache = await KeyCache.OverAsync();
        var latch = new Latch();
        cache.Issuer.Jwks.Fault = Faults.Held(latch);
        using var leaving = new CancellationTokenSource();
        var first = cache.Find("k1", cancellation: leaving.Token);
        var second = cache.Find("k1");
        await Poll.Until(() => latch.Arrived == 1);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.False(second.IsCompleted);
        latch.Open();
        Assert.Equal("found", await second);
        Assert.Equal(1, cache.Issuer.JwksHits);
    }
}
