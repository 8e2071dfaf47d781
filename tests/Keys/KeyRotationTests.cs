using Sallyport.Gateway.Keys;

namespace Sallyport.Tests.Keys;

public sealed class KeyRotationTests
{
    private static readonly DateTimeOffset Start = RingKit.Start;
    private static readonly TimeSpan Life = RingKit.Options.Life;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    [Fact]
    public void An_empty_ring_gets_one_key_that_signs_at_once()
    {
        Assert.Equal(KeyActionKind.Issue, KeyRotation.Next(KeyRing.Empty(RingKit.Issuer), Start, RingKit.Options).Kind);
        var key = Assert.Single(First().Keys);
        Assert.Equal((KeyState.Active, Start, Start + Life), (key.State, key.ActivatedAt, key.NotAfter));
        Assert.Equal(key.Public.Thumbprint, key.KeyId);
    }

    [Fact]
    [Trait("Acceptance", "C4")]
    public void A_successor_is_published_at_half_a_life_and_signs_at_five_sixths()
    {
        var ring = First();
        Idle(ring, Start + (Life / 2) - Tick, lookAgain: Start + (Life / 2));
        var both = RingKit.Rotated(ring, Start + (Life / 2));
        var next = both.Prepared!;
        Assert.Equal(Start + (Life / 6 * 5), next.ActivateAt);
        Assert.Equal(ring.Active!.KeyId, both.Active!.KeyId);
        Assert.Equal(2, both.Published(Start + (Life / 2)).Count());

        Idle(both, next.ActivateAt - Tick, lookAgain: next.ActivateAt);
        var after = RingKit.Rotated(both, next.ActivateAt);
        Assert.Equal(next.KeyId, after.Active!.KeyId);
        Assert.Equal(next.ActivateAt + Life, after.Active.NotAfter);
        var retired = after.Find(ring.Active.KeyId)!;
        Assert.Equal((KeyState.Retired, true, Start + Life), (retired.State, retired.Sealed.IsEmpty, retired.NotAfter));
        Assert.Equal(2, after.Published(next.ActivateAt).Count());

        Idle(after, Start + Life - Tick, lookAgain: Start + Life);
        Assert.Equal(next.KeyId, Assert.Single(RingKit.Rotated(after, Start + Life).Keys).KeyId);
    }

    [Fact]
    [Trait("Acceptance", "C4")]
    public void A_key_that_was_prepared_late_is_seen_for_the_lead_before_it_signs()
    {
        var late = Start + (Life / 6 * 5) - TimeSpan.FromMinutes(1);
        var ring = RingKit.Rotated(First(), late);
        Assert.Equal(late + RingKit.Options.Lead, ring.Prepared!.ActivateAt);
        Assert.Equal(TimeSpan.FromSeconds(310), RingKit.Options.Lead);
        Idle(ring, ring.Prepared.ActivateAt - Tick, ring.Prepared.ActivateAt);
    }

    [Fact]
    [Trait("Acceptance", "C10")]
    public void A_key_at_its_end_signs_no_more_and_what_is_prepared_signs_whenever_it_was_to()
    {
        var ring = RingKit.Rotated(First(), Start + Life - TimeSpan.FromMinutes(1));
        Assert.True(ring.Prepared!.ActivateAt > Start + Life);
        var after = RingKit.Rotated(ring, Start + Life);
        Assert.Equal((ring.Prepared.KeyId, Start + Life), (after.Active!.KeyId, after.Active.ActivatedAt));
        Assert.Single(after.Keys);
    }

    [Fact]
    [Trait("Acceptance", "C10")]
    public void A_fleet_that_was_off_past_the_end_makes_a_new_key_at_once()
    {
        var old = First();
        var ring = RingKit.Rotated(old, Start + (3 * Life));
        var key = Assert.Single(ring.Keys);
        Assert.NotEqual(old.Active!.KeyId, key.KeyId);
        Assert.Equal((KeyState.Active, Start + (4 * Life)), (key.State, key.NotAfter));
    }

    [Fact]
    public void Another_algorithm_in_the_configuration_prepares_a_successor_now()
    {
        var (ring, rsa) = (First(), RingKit.Options with { Algorithm = "EdDSA" });
        var both = RingKit.Rotated(ring, Start + TimeSpan.FromMinutes(1), rsa);
        Assert.Equal(("EdDSA", Start + TimeSpan.FromMinutes(1) + rsa.Lead), (both.Prepared!.Algorithm.Name, both.Prepared.ActivateAt));
        Assert.Equal("EdDSA", RingKit.Rotated(both, both.Prepared.ActivateAt, rsa).Active!.Algorithm.Name);
    }

    [Fact]
    public void A_prepared_key_of_another_algorithm_is_dropped_after_the_lead_unless_an_operator_made_it()
    {
        var now = Start + (Life / 2);
        var both = RingKit.Rotated(First(), now);
        var other = RingKit.Options with { Algorithm = "EdDSA" };
        Assert.Equal(KeyActionKind.Nothing, KeyRotation.Next(both, now + other.Lead - Tick, other).Kind);
        var dropped = RingKit.Rotated(both, now + other.Lead, other);
        Assert.Null(dropped.Find(both.Prepared!.KeyId));
        Assert.Equal("EdDSA", dropped.Prepared!.Algorithm.Name);

        var byOperator = First().Prepare(RingKit.Prepared(now, now + other.Lead, isByOperator: true));
        var active = RingKit.Rotated(byOperator, now + other.Lead, other);
        Assert.Equal(byOperator.Prepared!.KeyId, active.Active!.KeyId);
        Idle(active, now + other.Lead + Tick, Start + Life, other);
    }

    [Fact]
    public void Of_two_prepared_keys_the_later_one_goes()
    {
        var (soon, later) = (RingKit.Prepared(Start, Start.AddHours(1)), RingKit.Prepared(Start, Start.AddHours(2)));
        var ring = RingKit.Rotated(First().Prepare(later).Prepare(soon), Start + Tick);
        Assert.Equal(soon.KeyId, ring.Prepared!.KeyId);
        Assert.Null(ring.Find(later.KeyId));
    }

    [Fact]
    public void A_tombstone_outlives_what_it_forbids()
    {
        var ring = RingKit.Rotated(RingKit.Rotated(First(), Start + (Life / 2)), Start + (Life / 6 * 5));
        var retired = ring.Keys.Single(key => key.State == KeyState.Retired);
        var revoked = ring.Revoke(retired.KeyId, Start + (Life / 6 * 5), "lost");
        Assert.DoesNotContain(revoked.Published(Start + (Life / 6 * 5)), key => key.KeyId == retired.KeyId);
        var end = retired.NotAfter + KeyRing.TombstoneMargin;
        Assert.NotNull(RingKit.Rotated(revoked, end - Tick).Find(retired.KeyId));
        Assert.Null(RingKit.Rotated(revoked, end).Find(retired.KeyId));
    }

    [Fact]
    [Trait("Acceptance", "C8")]
    public void The_active_key_is_not_revoked_before_it_is_replaced()
    {
        var ring = First();
        Assert.Throws<InvalidOperationException>(() => ring.Revoke(ring.Active!.KeyId, Start, "lost"));
        var next = RingKit.Prepared(Start, Start);
        var replaced = ring.Prepare(next).Activate(next.KeyId, Start, Life, isEmergency: true).Revoke(ring.Active!.KeyId, Start, "lost");
        Assert.Equal((next.KeyId, KeyState.Revoked), (replaced.Active!.KeyId, replaced.Find(ring.Active.KeyId)!.State));
    }

    [Fact]
    [Trait("Acceptance", "C10")]
    public void A_token_of_the_longest_life_ends_with_its_key_at_the_latest()
    {
        var (now, ring) = (Start, First());
        for (var hours = 0; hours < 24 * 20; hours++, now += TimeSpan.FromHours(1))
        {
            ring = RingKit.Rotated(ring, now);
            Assert.True(now + RingKit.Options.MaxTokenLifetime <= ring.Active!.NotAfter, $"after {hours} h");
        }
    }

    private static KeyRing First() => RingKit.Rotated(KeyRing.Empty(RingKit.Issuer), Start);

    private static void Idle(KeyRing ring, DateTimeOffset now, DateTimeOffset lookAgain, KeyRingOptions? options = null)
    {
        var action = KeyRotation.Next(ring, now, options ?? RingKit.Options);
        Assert.Equal((KeyActionKind.Nothing, lookAgain), (action.Kind, action.LookAgain));
    }
}
