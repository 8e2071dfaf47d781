using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Trust;

[Trait("Acceptance", "D3")]
public sealed class RotationTests
{
    [Fact]
    public async Task First_token_of_a_new_key_passes_seconds_after_the_start_and_rotation_after_rotation_within_the_cooldown()
    {
        var (first, clock) = (TestKey.New("ES256"), new FakeClock());
        await using var issuer = await IssuerServer.StartAsync(first.PublicJwk("k0"));
        await using var door = await Doorway.OpenAsync(issuer, clock: clock);
        await door.Warm(issuer);
        await door.Accepts(door.Token(issuer, first, "k0"));

        // The clock stands: all of this is one moment to the cooldown of 30 s.
        for (var rotation = 1; rotation <= 6; rotation++)
        {
            var key = TestKey.New(rotation % 2 == 0 ? "ES256" : "EdDSA");
            var token = door.Token(issuer, key, $"k{rotation}");
            issuer.Publish(key.PublicJwk($"k{rotation}"));
            await door.Accepts(token);
            Assert.Equal(1 + rotation, issuer.JwksHits);
        }

        await door.Refuses(door.Token(issuer, first, "k0"), "kid_unknown");
    }

    [Fact]
    public async Task A_rotation_is_followed_when_a_hundred_tokens_of_the_new_key_come_at_once()
    {
        var (before, after) = (TestKey.New("ES256"), TestKey.New("ES256"));
        await using var issuer = await IssuerServer.StartAsync(before.PublicJwk("before"));
        await using var door = await Doorway.OpenAsync(issuer);
        await door.Warm(issuer);
        issuer.Publish(before.PublicJwk("before"), after.PublicJwk("after"));
        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => door.Accepts(door.Token(issuer, after, "after"))));
        Assert.Equal(2, issuer.JwksHits);
    }

    [Fact]
    public async Task A_token_that_waits_for_an_older_fetch_is_looked_for_again()
    {
        await using var cache = await KeyCache.OverAsync();
        Assert.Equal("found", await cache.Find("k1"));

        // The fetch of k2 has its answer, without k3, and is held on the way back.
        var latch = new Latch();
        var stale = TokenForge.Set(KeyCache.Key("k2")).ToJsonString();
        cache.Issuer.Jwks.Fault = async (context, answer) =>
        {
            cache.Issuer.Jwks.Fault = null;
            await latch.WaitAsync(context.RequestAborted);
            await Faults.Body(stale)(context, answer);
        };
        var second = cache.Find("k2");
        await Poll.Until(() => latch.Arrived == 1);
        cache.Issuer.Publish(KeyCache.Key("k2"), KeyCache.Key("k3"));
        var third = cache.Find("k3");
        latch.Open();
        Assert.Equal("found", await second);
        Assert.Equal("found", await third);
        Assert.Equal(3, cache.Issuer.JwksHits);
    }

    [Fact]
    public async Task Unknown_kids_that_wait_for_a_rotation_are_refused_and_are_no_outage()
    {
        await using var cache = await KeyCache.OverAsync();
        Assert.Equal("found", await cache.Find("k1"));
        var latch = new Latch();
        cache.Issuer.Jwks.Fault = Faults.Held(latch);
        cache.Issuer.Publish(KeyCache.Key("k2"));
        var found = cache.Find("k2");
        var unknown = Enumerable.Range(0, 50).Select(i => cache.Find($"random {i}")).ToArray();
        latch.Open();
        Assert.Equal("found", await found);
        Assert.All(await Task.WhenAll(unknown), answer => Assert.Equal("kid_unknown", answer));
        Assert.Equal(3, cache.Issuer.JwksHits);
    }

    [Fact]
    public async Task Under_load_no_token_of_a_published_key_is_refused_while_the_issuer_rotates_five_times_a_second()
    {
        await using var issuer = await IssuerServer.StartAsync();
        var keys = new List<JsonObject>();
        var latest = Rotate();
        await using var door = await Doorway.OpenAsync(issuer);

        var (refused, passed) = (new ConcurrentBag<HttpStatusCode>(), 0);
        using var end = new CancellationTokenSource();
        var load = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!end.IsCancellationRequested)
            {
                var (key, kid) = Volatile.Read(ref latest);
                using var answer = await door.Get(door.Token(issuer, key, kid));
                if (answer.StatusCode == HttpStatusCode.OK) Interlocked.Increment(ref passed);
                else refused.Add(answer.StatusCode);
            }
        })).ToArray();

        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        for (var rotation = 0; rotation < 25; rotation++)
        {
            await pace.WaitForNextTickAsync();
            var before = Volatile.Read(ref passed);
            Volatile.Write(ref latest, Rotate());
            await Poll.Until(() => Volatile.Read(ref passed) > before || !refused.IsEmpty);
        }

        await end.CancelAsync();
        await Task.WhenAll(load);
        Assert.Empty(refused);
        await door.Accepts(door.Token(issuer, latest.Key, latest.Kid));
        Assert.Equal(keys.Count, door.KeysOf(issuer).Current!.Keys.Keys.Count);

        SigningKey Rotate()
        {
            var (key, kid) = (TestKey.New("ES256"), $"k{keys.Count}");
            keys.Add(key.PublicJwk(kid));
            issuer.Publish([.. keys]);
            return new(key, kid);
        }
    }

    private sealed record SigningKey(TestKey Key, string Kid);
}
