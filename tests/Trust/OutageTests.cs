using System.Net;
using Sallyport.Gateway.Trust;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Trust;

[Trait("Acceptance", "D6")]
public sealed class OutageTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Known_kids_verify_until_the_hard_limit_unknown_ones_are_503_and_recovery_needs_no_restart()
    {
        var (key, next, clock) = (TestKey.New("ES256"), TestKey.New("ES256"), new FakeClock());
        await using var issuer = await IssuerServer.StartAsync(key.PublicJwk("k1"));
        await using var door = await Doorway.OpenAsync(issuer, corp => corp["Keys"]!["MaxStale"] = "01:00:00", clock);
        await door.Warm(issuer);
        var cached = door.Token(issuer, key, "k1");
        await door.Accepts(cached);
        await door.Refuses(door.Token(issuer, next, "k2"), "kid_unknown");

        await issuer.Stop();
        clock.Advance(TimeSpan.FromMinutes(6));
        await Poll.Until(() => ((RemoteKeys)door.KeysOf(issuer)).LastFailure is not null);
        await door.Accepts(cached);
        await door.Accepts(door.Token(issuer, key, "k1"));
        Assert.InRange(await door.IsUnavailable(door.Token(issuer, next, "k2")), Second, 30 * Second);

        clock.Advance(TimeSpan.FromMinutes(53));
        await door.Accepts(door.Token(issuer, key, "k1"));
        clock.Advance(TimeSpan.FromMinutes(1.1));
        Assert.InRange(await door.IsUnavailable(cached), Second, 30 * Second);
        await door.IsUnavailable(door.Token(issuer, key, "k1"));
        await door.IsUnavailable(door.Token(issuer, next, "k2"));

        issuer.Publish(next.PublicJwk("k2"));
        await issuer.StartAgain();
        await Poll.Until(async () =>
        {
            // An attempt of before may be just failing.
            clock.Advance(31 * Second);
            using var answer = await door.Get(door.Token(issuer, next, "k2"));
            return answer.StatusCode == HttpStatusCode.OK;
        });
        await door.Refuses(cached, "kid_unknown");
    }

    [Fact]
    public async Task The_background_refresh_finds_the_issuer_again_with_nobody_asking()
    {
        var (key, clock) = (TestKey.New("ES256"), new FakeClock());
        await using var issuer = await IssuerServer.StartAsync(key.PublicJwk("k1"));
        issuer.Jwks.Fault = Faults.Status(503);
        await using var door = await Doorway.OpenAsync(issuer, clock: clock);
        await Poll.Until(() => ((RemoteKeys)door.KeysOf(issuer)).LastFailure is not null);
        Assert.Contains("503", door.KeysOf(issuer).Unusable);
        await door.IsUnavailable(door.Token(issuer, key, "k1"));
        Assert.Equal(1, issuer.JwksHits);

        issuer.Jwks.Fault = null;
        clock.Advance(31 * Second);
        await Poll.Until(() =>
        {
            // A beat that met the attempt of before at its very end did nothing: there must be another one.
            clock.Advance(Second);
            return door.KeysOf(issuer).Current is not null;
        });
        Assert.Null(door.KeysOf(issuer).Unusable);
        await door.Accepts(door.Token(issuer, key, "k1"));
        Assert.Equal(2, issuer.JwksHits);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Attempts_that_fail_or_hang_keep_to_the_cooldown_from_their_beginning(bool isHanging)
    {
        await using var cache = await KeyCache.OverAsync(keys => keys with { Timeout = TimeSpan.FromSeconds(isHanging ? 4 : 30) });
        Assert.Equal("found", await cache.Find("k1"));
        cache.Issuer.Jwks.Fault = isHanging ? Faults.Held(new Latch()) : Faults.Status(500);
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            // One moves the clock while the attempt is under way: the stamp is the beginning's.
            var asking = cache.Find("k2");
            cache.Clock.Advance(5 * Second);
            Assert.InRange((await Assert.ThrowsAsync<KeysUnavailableException>(() => asking)).RetryAfter, 24 * Second, 30 * Second);
            Assert.Equal(1 + attempt, cache.Issuer.JwksHits);

            cache.Clock.Advance(24 * Second);
            for (var i = 0; i < 10; i++) await Assert.ThrowsAsync<KeysUnavailableException>(() => cache.Find("k2", new IPAddress([192, 0, 2, (byte)i])));
            cache.Keys.RefreshIfDue();
            Assert.Equal(1 + attempt, cache.Issuer.JwksHits);
            Assert.Equal("found", await cache.Find("k1"));
            cache.Clock.Advance(Second);
        }

        cache.Issuer.Jwks.Fault = null;
        cache.Issuer.Publish(KeyCache.Key("k2"));
        Assert.Equal("found", await cache.Find("k2"));
    }

    [Fact]
    public async Task A_cold_cache_of_an_issuer_that_is_away_asks_once_a_cooldown()
    {
        await using var cache = await KeyCache.OverAsync();
        cache.Issuer.Jwks.Fault = Faults.Status(502);
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            for (var i = 0; i < 10; i++) await Assert.ThrowsAsync<KeysUnavailableException>(() => cache.Find("k1"));
            Assert.Equal(attempt, cache.Issuer.JwksHits);
            cache.Clock.Advance(30 * Second);
        }

        cache.Issuer.Jwks.Fault = null;
        Assert.Equal("found", await cache.Find("k1"));
    }
}
