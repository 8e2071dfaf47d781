using Sallyport.Gateway.Tokens;
using Sallyport.Gateway.Trust;
using Sallyport.Gateway.Verification;
using Sallyport.LoadTests.Flat;
using Sallyport.Policies;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Verification;

public sealed class VerifiedTokensTests
{
    private readonly FakeClock _clock = new();

    [Fact]
    public void A_full_cache_lets_go_of_what_was_not_used_again()
    {
        var cache = Cache(maxEntries: 100);
        for (var i = 0; i < 100; i++) cache.Add(Digest(i), Token());
        for (var i = 0; i < 50; i++) Assert.True(cache.TryGet(Digest(i), out _));
        for (var i = 100; i < 150; i++)
        {
            cache.Add(Digest(i), Token());
            cache.Add(Digest(i), Token());
        }

        Assert.Equal(100, cache.Count);
        Assert.Equal(Enumerable.Range(0, 50).Concat(Enumerable.Range(100, 50)), Enumerable.Range(0, 150).Where(i => cache.TryGet(Digest(i), out _)));
    }

    [Fact]
    public void Tokens_that_come_once_push_none_out_of_a_full_cache()
    {
        var cache = Cache(maxEntries: 100);
        for (var i = 0; i < 100; i++) cache.Add(Digest(i), Token());
        for (var i = 100; i < 50_000; i++) cache.Add(Digest(i), Token());
        Assert.All(Enumerable.Range(0, 100), i => Assert.True(cache.TryGet(Digest(i), out _)));
        Assert.False(cache.TryGet(Digest(49_999), out _));

        cache.Add(Digest(49_999), Token());
        Assert.True(cache.TryGet(Digest(49_999), out _));
        Assert.Equal(100, cache.Count);
    }

    [Fact]
    public void Of_many_more_tokens_than_places_that_come_in_turn_hardly_any_is_recalled()
    {
        var (cache, token) = (Cache(Dimension.Seen), Token());
        Assert.Equal(0, Recalled("again", Dimension.Seen));
        for (var round = 0; round < 5; round++)
        {
            // The few that share their mark with no other one.
            Assert.InRange(Recalled("new", Dimension.Unseen), 0, Dimension.Unseen / 100);
            Assert.InRange(Recalled("again", Dimension.Seen), Dimension.Seen * 9 / 10, Dimension.Seen);
        }

        int Recalled(string what, int count)
        {
            var recalled = 0;
            for (var i = 0; i < count; i++)
            {
                var digest = TokenDigest.Of($"{what} {i}");
                if (cache.TryGet(digest, out _)) recalled++;
                else cache.Add(digest, token);
            }

            return recalled;
        }
    }

    [Fact]
    public void In_the_place_of_a_token_that_ended_or_was_removed_one_is_kept_at_once()
    {
        var cache = Cache(maxEntries: 100);
        for (var i = 0; i < 100; i++) cache.Add(Digest(i), Token(TimeSpan.FromMinutes(i < 50 ? 5 : 9)));
        _clock.Advance(TimeSpan.FromMinutes(5));
        for (var i = 100; i < 200; i++) cache.Add(Digest(i), Token());
        Assert.Equal(Enumerable.Range(50, 100), Enumerable.Range(0, 200).Where(i => cache.TryGet(Digest(i), out _)));
        Assert.Equal(100, cache.Count);

        cache.Remove(Digest(77));
        for (var i = 200; i < 300; i++) cache.Add(Digest(i), Token());
        Assert.Single(Enumerable.Range(200, 100), i => cache.TryGet(Digest(i), out _));
        Assert.Equal(100, cache.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public void However_many_come_the_bound_holds(int maxEntries)
    {
        var cache = Cache(maxEntries);
        Parallel.For(0, 20_000, i =>
        {
            cache.Add(Digest(i), Token());
            cache.TryGet(Digest(i / 2), out _);
            Assert.InRange(cache.Count, 0, maxEntries);
        });
        Assert.Equal(maxEntries, cache.Count);
    }

    [Fact]
    public void A_verdict_ends_with_the_token_or_with_its_age_whichever_is_first()
    {
        var cache = Cache(10, TimeSpan.FromMinutes(10));
        cache.Add(Digest(1), Token(TimeSpan.FromMinutes(5)));
        cache.Add(Digest(2), Token(TimeSpan.FromHours(5)));
        _clock.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromTicks(1));
        Assert.True(cache.TryGet(Digest(1), out _));
        _clock.Advance(TimeSpan.FromTicks(1));
        Assert.False(cache.TryGet(Digest(1), out _));
        Assert.True(cache.TryGet(Digest(2), out _));
        _clock.Advance(TimeSpan.FromMinutes(5));
        Assert.False(cache.TryGet(Digest(2), out _));

        // Verified anew, it takes its old place.
        cache.Add(Digest(2), Token(TimeSpan.FromHours(5)));
        Assert.True(cache.TryGet(Digest(2), out _));
        Assert.Equal(2, cache.Count);
    }

    [Fact]
    public void A_cache_of_no_entries_keeps_none()
    {
        var cache = Cache(0);
        cache.Add(Digest(1), Token());
        Assert.False(cache.TryGet(Digest(1), out _));
    }

    [Fact]
    public void A_digest_is_of_every_character()
    {
        var token = new string('a', 3000);
        Assert.Equal(TokenDigest.Of(token), TokenDigest.Of(new string('a', 3000)));
        for (var i = 0; i < token.Length; i += 13)
            Assert.NotEqual(TokenDigest.Of(token), TokenDigest.Of(string.Concat(token.AsSpan(0, i), "b", token.AsSpan(i + 1))));
        Assert.NotEqual(TokenDigest.Of("\u00e9"), TokenDigest.Of("e"));
        Assert.DoesNotContain(TokenDigest.Of("x").A.ToString(), TokenDigest.Of("x").ToString(), StringComparison.Ordinal);
    }

    private static TokenDigest Digest(int i) => TokenDigest.Of($"token {i}");

    private VerifiedTokens Cache(int maxEntries, TimeSpan? maxAge = null) =>
        new(new VerifiedTokensOptions { MaxEntries = maxEntries, MaxAge = maxAge ?? TimeSpan.FromMinutes(10) }, _clock);

    private VerifiedToken Token(TimeSpan? life = null)
    {
        var options = new TrustedIssuerOptions { Name = "corp", Issuer = "corp", Audiences = ["api"], Keys = new() { Kind = KeySourceKind.Inline } };
        var principal = new Principal
        {
            IssuerName = "corp",
            Issuer = "corp",
            Subject = "alice",
            Audiences = ["api"],
            Scopes = default,
            Expires = _clock.GetUtcNow() + (life ?? TimeSpan.FromHours(1)),
            Claims = [],
        };
        var key = Jwk.FromSecret(new byte[32]);
        var issuer = new TrustedIssuer(options, [], new LocalKeys(JwkSet.Of(key), [], "none"));
        return new VerifiedToken(principal, issuer, key, new TrustModel([issuer]), principal.Expires);
    }
}
