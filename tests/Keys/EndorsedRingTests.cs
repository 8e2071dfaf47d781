using Sallyport.Gateway.Identity;
using Sallyport.Gateway.Keys;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Keys;

/// <summary>A ring whose keys the identity of the workload endorses.</summary>
public sealed class EndorsedRingTests : IDisposable
{
    private static readonly KeyRingOptions Required = RingKit.Options with { IsEndorsementRequired = true };

    private readonly FakeClock _clock = new(RingKit.Start);
    private readonly MemoryKeyStore _store;
    private readonly SpiffeCa _authority;
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("sallyport-endorsements-");

    public EndorsedRingTests()
    {
        _store = new MemoryKeyStore(_clock);
        _authority = new SpiffeCa(clock: _clock);
    }

    private DateTimeOffset Now => _clock.GetUtcNow();

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    [Trait("Acceptance", "A9")]
    public async Task Whoever_makes_the_key_has_it_endorsed_in_the_same_change_and_all_replicas_keep_that_before_they_sign()
    {
        await using var maker = Process("maker");
        await using var other = Process("other");
        Give(maker);
        Give(other);
        await maker.StepAsync();
        await other.StepAsync();

        Assert.Equal(1, maker.Known.Epoch);
        var endorsement = maker.Of(maker.Known.Active)!;
        Assert.Null(endorsement.Check(RingKit.Issuer, maker.Known.Active!.Public, maker.Known.Active.KeyId, _authority.Bundles));
        foreach (var (process, name) in new[] { (maker, "maker"), (other, "other") })
        {
            Assert.NotNull(process.Open.Active);
            Assert.Null(process.Open.Problem);
            Assert.Equal((endorsement.KeyId, endorsement.Text), Assert.Single(process.Open.Endorsements));
            Assert.Contains(endorsement.Hash, Assert.Single(process.Told), StringComparison.Ordinal);
            Assert.Equal((endorsement.Hash, endorsement.Text), Assert.Single(Archive(name).Of(endorsement.Thumbprint)));
        }

        // What is archived was told before.
        await using var again = Process("maker");
        await again.StepAsync();
        Assert.Empty(again.Told);
        Assert.NotNull(again.Open.Active);
    }

    [Fact]
    [Trait("Acceptance", "A10")]
    public async Task An_identity_that_comes_later_endorses_what_is_there_and_a_renewed_one_takes_over_after_two_thirds()
    {
        await using var process = Process("one");
        await process.StepAsync();
        Assert.Null(process.Known.Active!.Endorsement);
        Assert.NotNull(process.Open.Active);

        Give(process);
        await process.StepAsync();
        var first = process.Of(process.Known.Active)!;
        Assert.Null(process.Open.Problem);

        // A renewed one is there, and the old one is good for long enough.
        _clock.Advance(TimeSpan.FromMinutes(30));
        Give(process);
        await process.StepAsync();
        Assert.Equal(first, process.Of(process.Known.Active), (one, two) => one!.Text == two!.Text);

        _clock.Advance(TimeSpan.FromMinutes(11));
        await process.StepAsync();
        var second = process.Of(process.Known.Active)!;
        Assert.True(second.Expires > first.Expires);
        Assert.Equal(process.Identity.Current!.Svid.Chain[0], second.Chain[0]);
        Assert.Equal(2, Archive("one").Of(first.Thumbprint).Count());
        Assert.Equal(2, process.Told.Count);

        // Without a newer one there is nothing to renew it with, and nothing is written.
        var epoch = process.Known.Epoch;
        _clock.Advance(TimeSpan.FromMinutes(50));
        await process.StepAsync();
        Assert.Equal((epoch, second.Text), (process.Known.Epoch, process.Known.Active!.Endorsement));
    }

    [Fact]
    public async Task One_replica_renews_it_for_all()
    {
        await using var one = Process("one");
        await using var two = Process("two");
        Give(one);
        Give(two);
        await one.StepAsync();
        await two.StepAsync();
        _clock.Advance(TimeSpan.FromMinutes(45));
        Give(one);
        _clock.Advance(TimeSpan.FromMinutes(1));
        Give(two);
        for (var i = 0; i < 3; i++)
        {
            await one.StepAsync();
            await two.StepAsync();
        }

        Assert.Equal(2, one.Known.Epoch);
        Assert.Equal(one.Open.Endorsements, two.Open.Endorsements);
        Assert.Equal((2, 2), (one.Told.Count, two.Told.Count));
    }

    [Fact]
    public async Task A_successor_is_endorsed_when_it_is_prepared_and_a_retired_key_keeps_what_it_has()
    {
        await using var process = Process("one");
        for (var hours = 0; hours <= 40; hours++)
        {
            Give(process);
            await process.StepAsync();
            Assert.All(process.Known.Keys, key => Assert.NotNull(process.Of(key)));
            Assert.Null(process.Open.Problem);
            _clock.Advance(TimeSpan.FromMinutes(30));
            Give(process);
            await process.StepAsync();
            _clock.Advance(TimeSpan.FromMinutes(30));
        }

        Assert.Contains(process.Known.Keys, key => key.State != KeyState.Active);
        Assert.NotEqual(1, process.Known.Keys.Length);
    }

    [Fact]
    public async Task Where_endorsements_are_required_no_key_signs_without_one()
    {
        await using var process = Process("one", Required);
        process.Identity.Fail("the agent is away");
        await process.StepAsync();
        Assert.Null(process.Open.Active);
        Assert.Empty(process.Known.Keys);
        Assert.Contains("the agent is away", process.Open.Problem, StringComparison.Ordinal);

        Give(process);
        await process.StepAsync();
        Assert.NotNull(process.Open.Active);
        Assert.Null(process.Open.Problem);

        // The identity ends, and with it the endorsement; a renewed one brings both back.
        _clock.Advance(TimeSpan.FromMinutes(61));
        await process.StepAsync();
        Assert.Null(process.Open.Active);
        Assert.NotNull(process.Open.Problem);
        Assert.NotEmpty(process.Open.Published.Keys);
        Give(process);
        await process.StepAsync();
        Assert.NotNull(process.Open.Active);
        Assert.Null(process.Open.Problem);
    }

    [Fact]
    public async Task A_replica_that_asks_for_one_does_not_sign_with_the_key_of_one_that_does_not()
    {
        await using var careless = Process("careless");
        await careless.StepAsync();
        await using var process = Process("one", Required);
        await process.StepAsync();
        Assert.Null(process.Open.Active);
        Assert.Contains("no endorsement", process.Open.Problem, StringComparison.Ordinal);

        Give(process);
        await process.StepAsync();
        Assert.Equal(careless.Open.Active!.Key.KeyId, process.Open.Active!.Key.KeyId);
    }

    [Fact]
    public async Task The_word_of_another_SPIFFE_ID_or_trust_domain_does_not_count_and_is_not_fought_over()
    {
        await using var other = Process("other");
        Give(other, "/somebody");
        await other.StepAsync();
        await using var process = Process("one", Required);
        Give(process);
        await process.StepAsync();
        Assert.Null(process.Open.Active);
        Assert.Contains("spiffe://example.org/somebody", process.Open.Problem, StringComparison.Ordinal);
        Assert.Equal(1, process.Known.Epoch);

        // Once it has ended, our own takes its place.
        _clock.Advance(TimeSpan.FromMinutes(61));
        Give(process);
        await process.StepAsync();
        Assert.NotNull(process.Open.Active);
        Assert.Equal("spiffe://example.org/gateway", process.Of(process.Known.Active)!.SpiffeId);

        // The same name, from an authority that nobody here trusts.
        var forger = new SpiffeCa(clock: _clock);
        await using var third = new EndorsedProcess(_store, _clock, Required, Archive("third"));
        third.Has(forger.Issue(), forger, Now);
        await third.StepAsync();
        Assert.Null(third.Open.Active);
        Assert.Contains("SVID does not hold", third.Open.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_verb_activates_what_is_not_endorsed_and_an_emergency_revokes_all_the_same()
    {
        await using var process = Process("one", Required);
        Give(process);
        await process.StepAsync();
        var stolen = process.Known.Active!.KeyId;

        // The operator's process has no identity.
        await using var verb = new EndorsedProcess(_store, _clock, Required);
        string? prepared = null;
        await verb.Ring.OperateAsync(async draft =>
        {
            (var problem, prepared) = await RingCommands.PrepareAsync(draft, Gateway.Tokens.Algorithm.Find("ES256")!, Required, default);
            return (problem, prepared);
        });
        var refused = await verb.Ring.Keeper.ChangeAsync(null, "operator", draft => RingCommands.Activate(draft, prepared!, Required, isEmergency: true), default);
        Assert.Equal(RingOutcomeKind.Refused, refused.Kind);
        Assert.Contains("endorsement", refused.Problem, StringComparison.Ordinal);

        await verb.Ring.OperateAsync(draft => RingCommands.RevokeAsync(draft, stolen, "stolen", Required, isEmergency: true, default));
        await process.StepAsync();
        Assert.Equal(KeyState.Revoked, process.Known.Find(stolen)!.State);
        Assert.Null(process.Known.Find(stolen)!.Endorsement);
        Assert.NotNull(process.Open.Active);
        Assert.DoesNotContain(process.Open.Published.Keys, key => key.KeyId == stolen);
        Assert.NotNull(process.Of(process.Known.Active));
    }

    [Fact]
    public void Of_two_endorsements_the_later_one_is_known()
    {
        var svid = _authority.Issue().Taken(_authority.Bundles, Now);
        var key = RingKit.Prepared(Now, Now.AddHours(1));
        string At(int minutes) => EndorsementWriter.Write(svid, RingKit.Issuer, key.Public, key.KeyId, Now.AddMinutes(minutes), Now.AddHours(9))!;
        var (early, late) = (At(0), At(5));
        KeyRing Ring(long epoch, string? endorsement) => KeyRing.Of(RingKit.Issuer, epoch, [key with { Endorsement = endorsement }]);

        Assert.Equal(late, RingMerge.Merge(Ring(1, late), Ring(2, early), Now).Keys[0].Endorsement);
        Assert.Equal(late, RingMerge.Merge(Ring(1, early), Ring(2, late), Now).Keys[0].Endorsement);
        Assert.Equal(early, RingMerge.Merge(Ring(1, early), Ring(2, null), Now).Keys[0].Endorsement);
        Assert.Equal(early, RingMerge.Merge(Ring(1, null), Ring(2, early), Now).Keys[0].Endorsement);
    }

    [Fact]
    public void The_document_carries_it_and_takes_nothing_else_in_its_place()
    {
        var svid = _authority.Issue().Taken(_authority.Bundles, Now);
        var key = RingKit.Prepared(Now, Now.AddHours(1));
        key = key with { Endorsement = EndorsementWriter.Write(svid, RingKit.Issuer, key.Public, key.KeyId, Now, Now.AddHours(9)) };
        var document = new RingDocument(RingKit.Secrets, RingKit.Issuer);

        Assert.True(document.TryRead(document.Write(KeyRing.Of(RingKit.Issuer, 3, [key])), 3, out var ring, out var problem), problem);
        Assert.Equal(key.Endorsement, ring.Keys[0].Endorsement);
        foreach (var wrong in new[] { "", "e30.e30.AAAA", key.Endorsement + new string('A', Endorsement.MaxLength), "no JWS" })
        {
            Assert.False(document.TryRead(document.Write(KeyRing.Of(RingKit.Issuer, 3, [key with { Endorsement = wrong }])), 3, out _, out problem));
            Assert.Contains("endorsement", problem, StringComparison.Ordinal);
        }
    }

    private EndorsedProcess Process(string name, KeyRingOptions? options = null) => new(_store, _clock, options, Archive(name));

    private EndorsementArchive Archive(string name) => new(Path.Combine(_directory.FullName, name));

    private void Give(EndorsedProcess process, string path = "/gateway") => process.Has(_authority.Issue(path), _authority, Now);
}
