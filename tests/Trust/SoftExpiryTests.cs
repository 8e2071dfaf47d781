using Sallyport.Tests.Support;

namespace Sallyport.Tests.Trust;

public sealed class SoftExpiryTests
{
    [Theory]
    [InlineData(null, 300)]
    [InlineData("no-cache", 300)]
    [InlineData("max-age=120", 120)]
    [InlineData("public, max-age=900, must-revalidate", 900)]
    [InlineData("max-age=5", 60)]
    [InlineData("max-age=0", 60)]
    [InlineData("max-age=31536000", 3600)]
    public async Task The_answers_max_age_is_taken_between_a_minute_and_an_hour_less_a_tenth_of_jitter(string? cacheControl, int seconds)
    {
        await using var cache = await KeyCache.OverAsync();
        cache.Issuer.Jwks.CacheControl = cacheControl;
        await cache.Find("k1");
        var set = cache.Keys.Current!;
        var soft = cache.Clock.GetElapsedTime(set.FetchedAt, set.SoftExpiry);
        Assert.InRange(soft.TotalSeconds, seconds * 0.9, seconds);
        Assert.Equal(TimeSpan.FromDays(1), cache.Clock.GetElapsedTime(set.FetchedAt, set.HardExpiry));

        cache.Clock.Advance(TimeSpan.FromSeconds((seconds * 0.9) - 1));
        cache.Keys.RefreshIfDue();
        Assert.Equal(1, cache.Issuer.JwksHits);
        cache.Clock.Advance(TimeSpan.FromSeconds((seconds * 0.1) + 1));
        cache.Keys.RefreshIfDue();
        await Poll.Until(() => cache.Keys.Current!.FetchedAt > set.FetchedAt);
        Assert.Equal(2, cache.Issuer.JwksHits);
    }

    [Fact]
    public async Task It_never_comes_after_the_hard_expiry()
    {
        await using var cache = await KeyCache.OverAsync(keys => keys with { SoftExpiry = TimeSpan.FromSeconds(90), MaxStale = TimeSpan.FromSeconds(100) });
        cache.Issuer.Jwks.CacheControl = "max-age=3600";
        await cache.Find("k1");
        Assert.InRange(cache.Keys.Current!.SoftExpiry, cache.Keys.Current.FetchedAt, cache.Keys.Current.HardExpiry);
    }

    [Fact]
    public async Task A_refresh_in_the_background_makes_nobody_wait()
    {
        await using var cache = await KeyCache.OverAsync();
        await cache.Find("k1");
        var latch = new Latch();
        cache.Issuer.Jwks.Fault = Faults.Held(latch);
        cache.Clock.Advance(TimeSpan.FromSeconds(301));
        cache.Keys.RefreshIfDue();
        await Poll.Until(() => latch.Arrived == 1);
        Assert.Equal("found", await cache.Find("k1"));
        latch.Open();
        await Poll.Until(() => cache.Clock.GetTimestamp() < cache.Keys.Current!.SoftExpiry);
        Assert.Equal("found", await cache.Find("k1"));
    }
}
