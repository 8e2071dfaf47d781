using System.Net;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Trust;

[Trait("Acceptance", "D4")]
public sealed class RandomKidsTests
{
    private readonly TestKey _key = TestKey.New("ES256");
    private readonly FakeClock _clock = new();

    [Fact]
    public async Task A_thousand_random_kids_within_the_cooldown_make_one_fetch_and_known_kids_pass_meanwhile()
    {
        await using var issuer = await IssuerServer.StartAsync(_key.PublicJwk("k1"));
        await using var door = await Doorway.OpenAsync(issuer, clock: _clock);
        await door.Warm(issuer);

        await Parallel.ForAsync(0, 1_000, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (i, _) =>
        {
            if (i % 100 == 50) _clock.Advance(TimeSpan.FromSeconds(2.9));
            await door.Refuses(door.Token(issuer, _key, Guid.NewGuid().ToString()), "kid_unknown");
            if (i % 10 == 0) await door.Accepts(door.Token(issuer, _key, "k1"));
        });

        Assert.Equal(2, issuer.JwksHits);
    }

    [Fact]
    public async Task A_flood_of_random_kids_from_one_address_does_not_keep_a_rotation_from_being_picked_up()
    {
        await using var issuer = await IssuerServer.StartAsync(_key.PublicJwk("k1"));
        await using var door = await Doorway.OpenAsync(issuer, clock: _clock);
        await door.Warm(issuer);
        using var flooder = door.ClientAt("127.0.0.2");

        await Flood(door, issuer, flooder);
        Assert.Equal(2, issuer.JwksHits);
        var next = TestKey.New("ES256");
        issuer.Publish(_key.PublicJwk("k1"), next.PublicJwk("k2"));
        for (var second = 0; second < 31; second++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            if (second % 5 == 0) await Flood(door, issuer, flooder);
        }

        // The cooldown is over, and the flood did not take the turn.
        await Flood(door, issuer, flooder);
        Assert.Equal(2, issuer.JwksHits);
        await door.Accepts(door.Token(issuer, next, "k2"));
        Assert.Equal(3, issuer.JwksHits);
    }

    [Fact]
    public async Task A_kid_that_was_refused_before_leaves_the_turn_to_others()
    {
        await using var cache = await KeyCache.OverAsync();
        Assert.Equal("found", await cache.Find("k1"));
        Assert.Equal("kid_unknown", await cache.Find("bogus"));
        cache.Clock.Advance(TimeSpan.FromSeconds(31));
        for (var i = 0; i < 10; i++) Assert.Equal("kid_unknown", await cache.Find("bogus", new IPAddress([192, 0, 2, (byte)i])));
        Assert.Equal(2, cache.Issuer.JwksHits);

        cache.Issuer.Publish(KeyCache.Key("k1"), KeyCache.Key("k2"));
        Assert.Equal("found", await cache.Find("k2"));
        Assert.Equal(3, cache.Issuer.JwksHits);
    }

    [Fact]
    public async Task A_kid_that_was_asked_for_too_early_is_found_once_a_new_set_is_in()
    {
        await using var cache = await KeyCache.OverAsync();
        Assert.Equal("found", await cache.Find("k1"));
        Assert.Equal("kid_unknown", await cache.Find("k2"));
        cache.Issuer.Publish(KeyCache.Key("k1"), KeyCache.Key("k2"));
        cache.Clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal("kid_unknown", await cache.Find("k2"));
        cache.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal("found", await cache.Find("k2"));
    }

    private async Task Flood(Doorway door, IssuerServer issuer, HttpClient flooder)
    {
        for (var i = 0; i < 20; i++)
        {
            using var answer = await door.Get(door.Token(issuer, _key, Guid.NewGuid().ToString()), flooder);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }
    }
}
