using Sallyport.Tests.Support;

namespace Sallyport.Tests.Trust;

[Trait("Acceptance", "D7")]
public sealed class RevokedKeyTests
{
    private readonly TestKey _leaves = TestKey.New("ES256");
    private readonly TestKey _stays = TestKey.New("ES256");
    private readonly FakeClock _clock = new();

    [Fact]
    public async Task A_key_that_a_background_refresh_no_longer_brings_is_refused_cached_verdicts_included()
    {
        await using var issuer = await IssuerServer.StartAsync(_leaves.PublicJwk("leaves"), _stays.PublicJwk("stays"));
        await using var door = await Doorway.OpenAsync(issuer, clock: _clock);
        var (leaving, staying) = await Cached(door, issuer);

        issuer.Publish(_stays.PublicJwk("stays"));
        await door.Accepts(leaving);
        _clock.Advance(TimeSpan.FromSeconds(301));
        await Poll.Until(() => door.KeysOf(issuer).Current!.Keys.Keys.Count == 1);

        await RefusesWhatLeft(door, issuer, leaving, staying);
    }

    [Fact]
    public async Task A_key_that_the_fetch_for_another_token_no_longer_brings_is_refused_cached_verdicts_included()
    {
        var comes = TestKey.New("ES256");
        await using var issuer = await IssuerServer.StartAsync(_leaves.PublicJwk("leaves"), _stays.PublicJwk("stays"));
        await using var door = await Doorway.OpenAsync(issuer, clock: _clock);
        var (leaving, staying) = await Cached(door, issuer);

        issuer.Publish(_stays.PublicJwk("stays"), comes.PublicJwk("comes"));
        await door.Accepts(door.Token(issuer, comes, "comes"));

        await RefusesWhatLeft(door, issuer, leaving, staying);
    }

    [Fact]
    public async Task A_kid_that_stays_with_another_key_is_another_key()
    {
        await using var issuer = await IssuerServer.StartAsync(_leaves.PublicJwk("leaves"), _stays.PublicJwk("stays"));
        await using var door = await Doorway.OpenAsync(issuer, clock: _clock);
        var (leaving, staying) = await Cached(door, issuer);

        var replaced = TestKey.New("ES256");
        issuer.Publish(replaced.PublicJwk("leaves"), _stays.PublicJwk("stays"));
        var before = door.KeysOf(issuer).Current!.Keys;
        _clock.Advance(TimeSpan.FromSeconds(301));
        await Poll.Until(() => !ReferenceEquals(door.KeysOf(issuer).Current!.Keys, before));

        Assert.False(door.Recalls(leaving));
        await door.Refuses(leaving, "signature_invalid");
        await door.Accepts(door.Token(issuer, replaced, "leaves"));
        Assert.True(door.Recalls(staying));
    }

    [Fact]
    public async Task A_refresh_that_brings_the_same_keys_keeps_every_cached_verdict()
    {
        await using var issuer = await IssuerServer.StartAsync(_leaves.PublicJwk("leaves"), _stays.PublicJwk("stays"));
        await using var door = await Doorway.OpenAsync(issuer, clock: _clock);
        var (one, other) = await Cached(door, issuer);

        var before = door.KeysOf(issuer).Current!;
        issuer.Publish(_stays.PublicJwk("stays"), _leaves.PublicJwk("leaves"));
        _clock.Advance(TimeSpan.FromSeconds(301));
        await Poll.Until(() => door.KeysOf(issuer).Current!.FetchedAt > before.FetchedAt);

        Assert.True(door.Recalls(one));
        Assert.True(door.Recalls(other));
        Assert.Same(before.Keys, door.KeysOf(issuer).Current!.Keys);
    }

    private async Task<(string Leaving, string Staying)> Cached(Doorway door, IssuerServer issuer)
    {
        await door.Warm(issuer);
        var (leaving, staying) = (door.Token(issuer, _leaves, "leaves"), door.Token(issuer, _stays, "stays"));
        await door.Accepts(leaving);
        await door.Accepts(staying);
        Assert.True(door.Recalls(leaving));
        Assert.True(door.Recalls(staying));
        return (leaving, staying);
    }

    private static async Task RefusesWhatLeft(Doorway door, IssuerServer issuer, string leaving, string staying)
    {
        Assert.False(door.Recalls(leaving));
        await door.Refuses(leaving, "kid_unknown");
        Assert.True(door.Recalls(staying));
        await door.Accepts(staying);
        Assert.DoesNotContain(door.KeysOf(issuer).Current!.Keys.Keys, key => key.KeyId == "leaves");
    }
}
