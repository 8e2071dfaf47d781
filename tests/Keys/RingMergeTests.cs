using Sallyport.Gateway.Keys;

namespace Sallyport.Tests.Keys;

public sealed class RingMergeTests
{
    private static readonly DateTimeOffset Start = RingKit.Start;
    private static readonly TimeSpan Life = RingKit.Options.Life;

    private readonly KeyRing _first = RingKit.Rotated(KeyRing.Empty(RingKit.Issuer), Start);

    [Fact]
    [Trait("Acceptance", "C3")]
    public void Who_disagree_on_an_expiry_get_one_entry_with_the_later_one()
    {
        var longer = _first with { Keys = [_first.Keys[0] with { NotAfter = Start + (2 * Life) }] };
        foreach (var merged in (KeyRing[])[RingMerge.Merge(_first, longer, Start), RingMerge.Merge(longer, _first, Start)])
            Assert.Equal(Start + (2 * Life), Assert.Single(merged.Keys).NotAfter);
        Assert.True(RingMerge.Covers(longer, _first, Start));
        Assert.False(RingMerge.Covers(_first, longer, Start));
    }

    [Fact]
    [Trait("Acceptance", "C3")]
    [Trait("Acceptance", "C9")]
    public void What_either_says_is_revoked_is_revoked_and_a_state_never_moves_back()
    {
        var rotated = Next(_first, Start + (Life / 6 * 5));
        var now = Start + (Life / 6 * 5);
        var revoked = rotated.Revoke(_first.Active!.KeyId, now, "lost") with { Epoch = rotated.Epoch + 1 };
        foreach (var lagging in (KeyRing[])[_first, rotated])
            foreach (var merged in (KeyRing[])[RingMerge.Merge(revoked, lagging, now), RingMerge.Merge(lagging, revoked, now), RingMerge.Merge(lagging with { Epoch = 99 }, revoked, now)])
            {
                var entry = merged.Find(_first.Active.KeyId)!;
                Assert.Equal((KeyState.Revoked, "lost", true), (entry.State, entry.RevokedReason, entry.Sealed.IsEmpty));
                Assert.Equal(rotated.Active!.KeyId, merged.Active!.KeyId);
                Assert.False(RingMerge.Covers(lagging, revoked, now));
                Assert.True(RingMerge.Covers(merged, revoked, now) && RingMerge.Covers(merged, lagging, now));
            }
    }

    [Fact]
    public void Of_two_keys_that_sign_the_one_that_verifiers_know_longest_goes_on()
    {
        var fresh = RingKit.Rotated(KeyRing.Empty(RingKit.Issuer), Start.AddHours(1));
        foreach (var merged in (KeyRing[])[RingMerge.Merge(_first, fresh, Start.AddHours(2)), RingMerge.Merge(fresh, _first, Start.AddHours(2))])
        {
            Assert.Equal(_first.Active!.KeyId, merged.Signer(Start.AddHours(2))!.KeyId);
            Assert.Equal(KeyState.Active, merged.Find(fresh.Active!.KeyId)!.State);
            var settled = RingMerge.Settle(merged, Start.AddHours(2));
            Assert.Equal(_first.Active!.KeyId, settled.Active!.KeyId);
            Assert.Equal(KeyState.Retired, settled.Find(fresh.Active!.KeyId)!.State);
            Assert.Equal(2, settled.Published(Start.AddHours(2)).Count());
        }
    }

    [Fact]
    public void What_is_over_comes_back_from_nobody()
    {
        var now = Start + (3 * Life);
        var fresh = RingKit.Rotated(KeyRing.Empty(RingKit.Issuer), now);
        var merged = RingMerge.Merge(_first with { Epoch = 50 }, fresh, now);
        Assert.Equal(fresh.Active!.KeyId, Assert.Single(merged.Keys).KeyId);
        Assert.Equal(50, merged.Epoch);
        Assert.True(RingMerge.Covers(fresh, _first, now));
    }

    [Fact]
    public void A_prepared_key_that_is_missing_was_dropped_but_an_active_one_was_lost()
    {
        var prepared = _first.Prepare(RingKit.Prepared(Start, Start.AddHours(1)));
        Assert.True(RingMerge.Covers(_first, prepared, Start));
        Assert.False(RingMerge.Covers(KeyRing.Empty(RingKit.Issuer) with { Epoch = 9 }, _first, Start));
    }

    [Fact]
    public void Merging_is_the_same_in_any_order_and_twice_is_once()
    {
        var now = Start + (Life / 6 * 5);
        var rotated = Next(_first, now);
        KeyRing[] rings =
        [
            _first, rotated, RingKit.Rotated(KeyRing.Empty(RingKit.Issuer), Start.AddHours(2)), rotated.Revoke(_first.Active!.KeyId, now, "lost"),
            _first.Prepare(RingKit.Prepared(Start.AddHours(3), Start.AddHours(9))),
        ];
        foreach (var a in rings)
            foreach (var b in rings)
            {
                Same(RingMerge.Merge(a, b, now), RingMerge.Merge(b, a, now));
                Same(RingMerge.Merge(RingMerge.Merge(a, b, now), b, now), RingMerge.Merge(a, b, now));
                foreach (var c in rings) Same(RingMerge.Merge(RingMerge.Merge(a, b, now), c, now), RingMerge.Merge(a, RingMerge.Merge(b, c, now), now));
            }

        static void Same(KeyRing one, KeyRing other) => Assert.Equal(one.Keys.Select(Facts), other.Keys.Select(Facts));

        static string Facts(RingKey key) => $"{key.KeyId} {key.State} {key.NotAfter:O} {key.RevokedAt:O} {key.Sealed.IsEmpty}";
    }

    private static KeyRing Next(KeyRing ring, DateTimeOffset now) => RingKit.Rotated(RingKit.Rotated(ring, Start + (Life / 2)), now);
}
