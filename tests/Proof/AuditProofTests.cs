using Sallyport.Gateway.Attestation;
using Sallyport.Gateway.Audit;
using Sallyport.Gateway.Identity;
using Sallyport.Gateway.Keys;
using Sallyport.Gateway.Proof;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Proof;

/// <summary>What an archive proves, and what it does not.</summary>
public sealed class AuditProofTests
{
    private readonly FakeClock _clock = new();

    [Theory]
    [InlineData("ES256")]
    [InlineData("ES384")]
    [InlineData("RS256")]
    [InlineData("PS256")]
    [InlineData("EdDSA")]
    [Trait("Acceptance", "A4")]
    public async Task A_token_is_proven_after_its_key_was_rotated_expired_and_dropped(string algorithm)
    {
        await using var built = new TrailBuilder();
        var first = await built.RotateAsync(algorithm);
        var token = await built.MintAsync();
        await built.CheckpointAsync();
        built.Clock.Advance(TimeSpan.FromHours(20));
        await built.RotateAsync(algorithm);
        built.Clock.Advance(TimeSpan.FromHours(30));
        await built.TellAsync(AuditEvent.KeyDropped, first.KeyId);
        await built.RotateAsync(algorithm);
        var later = await built.MintAsync("other");
        await built.CheckpointAsync();

        var report = await built.VerifyAsync(token);
        report.IsProven();
        Assert.Equal(["trail", "checkpoints", "record", "token_hash", "signature", "claims", "key_state", "endorsement", "svid"], report.Links.Select(link => link.Name));
        Assert.Equal(3, built.Days.Count);
        (await built.VerifyAsync(later)).IsProven();
        var all = await built.VerifyAsync();
        all.IsProven();
        Assert.Equal((2, all.Records - 1), (all.Tokens, all.Covered));
    }

    [Fact]
    [Trait("Acceptance", "A9")]
    [Trait("Acceptance", "A10")]
    public async Task The_chain_leads_to_the_trust_bundle_and_not_to_another_nor_to_another_SPIFFE_ID()
    {
        var authority = new SpiffeCa(clock: _clock);
        await using var built = new TrailBuilder(authority, _clock);
        await built.RotateAsync();
        var token = await built.MintAsync();
        built.RenewSvid();
        await built.RotateAsync();
        var renewed = await built.MintAsync();
        await built.CheckpointAsync();

        foreach (var each in new[] { token, renewed, null }) (await built.VerifyAsync(each)).IsProven();
        Assert.True(SpiffeId.TryParse("spiffe://example.org/gateway", out var own));
        Assert.True(SpiffeId.TryParse("spiffe://example.org/other", out var other));
        (await built.VerifyAsync(token, expected: own)).IsProven();
        (await built.VerifyAsync(token, expected: other)).Has(LinkState.Failed, "svid", "spiffe_id_mismatch");
        (await built.VerifyAsync(token, TrailBuilder.BundleOf(new SpiffeCa(clock: _clock)))).Has(LinkState.Failed, "svid", "svid_invalid");
        (await new AuditProof(built.Folder, new ProofQuestion { Token = ReadToken.Read(token, out _, out _) }).RunAsync(default)).Has(LinkState.Unverifiable, "svid", "trust_bundle_missing");
    }

    [Fact]
    [Trait("Acceptance", "A9")]
    public async Task A_key_that_another_workload_of_the_trust_domain_vouched_for_is_not_the_gateways()
    {
        var authority = new SpiffeCa(clock: _clock);
        await using var built = new TrailBuilder(authority, _clock);
        built.RenewSvid("/intruder");
        await built.RotateAsync();
        built.RenewSvid("/gateway");
        var token = await built.MintAsync();
        await built.CheckpointAsync();
        (await built.VerifyAsync(token)).Has(LinkState.Failed, "endorsement", "spiffe_id_mismatch");
        await built.RotateAsync();
        var good = await built.MintAsync();
        await built.CheckpointAsync();
        (await built.VerifyAsync(good)).IsProven();
    }

    [Fact]
    [Trait("Acceptance", "A11")]
    public async Task Tokens_by_the_key_of_an_SVID_are_proven_by_its_certificate()
    {
        var authority = new SpiffeCa(clock: _clock);
        await using var built = new TrailBuilder(authority, _clock);
        await built.RotateToSvidAsync();
        var token = await built.MintAsync();
        await built.CheckpointAsync();
        built.RenewSvid();
        await built.RotateToSvidAsync();
        var renewed = await built.MintAsync();
        await built.CheckpointAsync();

        foreach (var each in new[] { token, renewed, null }) (await built.VerifyAsync(each)).IsProven();
        (await built.VerifyAsync(token, TrailBuilder.BundleOf(new SpiffeCa(clock: _clock)))).Has(LinkState.Failed, "svid", "svid_invalid");
        (await built.VerifyAsync(bundle: TrailBuilder.BundleOf(new SpiffeCa(clock: _clock)))).Has(LinkState.Failed, "svid", "svid_invalid");
    }

    [Fact]
    [Trait("Acceptance", "A8")]
    public async Task Without_the_key_a_token_is_unverifiable_and_others_are_proven_still()
    {
        await using var built = new TrailBuilder();
        var first = await built.RotateAsync();
        var token = await built.MintAsync();
        await built.CheckpointAsync();
        await built.RotateAsync();
        var later = await built.MintAsync();
        await built.CheckpointAsync();
        (await built.VerifyAsync(token)).IsProven();

        File.Delete(built.KeyFileOf(first.KeyId));
        (await built.VerifyAsync(token)).Has(LinkState.Unverifiable, "signature", "key_not_archived");
        (await built.VerifyAsync()).Has(LinkState.Unverifiable, "key_state", "key_not_archived");
        (await built.VerifyAsync(later)).IsProven();
    }

    [Fact]
    public async Task A_key_revoked_later_is_told_and_one_revoked_before_fails()
    {
        await using var built = new TrailBuilder();
        var key = await built.RotateAsync();
        var token = await built.MintAsync();
        await built.TellAsync(AuditEvent.KeyRevoked, key.KeyId, reason: "stolen");
        var after = await built.MintAsync();
        await built.RotateAsync();
        await built.CheckpointAsync();

        var report = await built.VerifyAsync(token);
        report.IsProven();
        Assert.Contains(report.Notes, note => note.Contains("revoked later", StringComparison.Ordinal));
        (await built.VerifyAsync(after)).Has(LinkState.Failed, "key_state", "key_revoked");
        (await built.VerifyAsync()).Has(LinkState.Failed, "key_state", "key_revoked");
    }

    [Fact]
    public async Task A_retired_key_may_sign_until_its_replicas_have_read_that_and_no_longer()
    {
        await using var built = new TrailBuilder();
        var key = await built.RotateAsync();
        await built.TellAsync(AuditEvent.KeyRetired, key.KeyId);
        var soon = await built.MintAsync();
        await built.CheckpointAsync();
        (await built.VerifyAsync(soon)).IsProven();
        built.Clock.Advance(TimeSpan.FromMinutes(30));
        var late = await built.MintAsync();
        await built.RotateAsync();
        await built.CheckpointAsync();
        (await built.VerifyAsync(late)).Has(LinkState.Failed, "key_state", "key_retired");
        (await built.VerifyAsync(soon)).IsProven();
    }

    [Fact]
    public async Task What_no_checkpoint_covers_is_unverifiable_where_it_is_asked_about()
    {
        await using var built = new TrailBuilder();
        await built.RotateAsync();
        var covered = await built.MintAsync();
        await built.CheckpointAsync();
        var until = built.Clock.GetUtcNow();
        var token = await built.MintAsync();
        (await built.VerifyAsync(covered)).IsProven();
        (await built.VerifyAsync(token)).Has(LinkState.Unverifiable, "record", "not_covered");
        (await built.VerifyAsync()).Has(LinkState.Unverifiable, "record", "not_covered");
        (await new AuditProof(built.Folder, new ProofQuestion { Until = until }).RunAsync(default)).IsProven();
        await built.CheckpointAsync();
        (await built.VerifyAsync(token)).IsProven();
    }

    [Fact]
    public async Task A_checkpoint_that_was_kept_shows_a_trail_that_was_cut_or_made_anew()
    {
        await using var built = new TrailBuilder();
        var key = (SigningKey)await built.RotateAsync();
        await built.MintAsync();
        await built.CheckpointAsync();
        var (day, checkpoints) = (await File.ReadAllBytesAsync(built.Days[0]), await File.ReadAllBytesAsync(built.Checkpoints));
        await built.MintAsync();
        var kept = Kept(await built.CheckpointAsync());
        (await built.VerifyAsync(kept: kept)).IsProven();

        // As it was before: a trail that proves all that it holds.
        await File.WriteAllBytesAsync(built.Days[0], day);
        await File.WriteAllBytesAsync(built.Checkpoints, checkpoints);
        (await built.VerifyAsync()).IsProven();
        (await built.VerifyAsync(kept: kept)).Has(LinkState.Failed, "kept_checkpoints", "records_missing");

        await using var anew = new TrailBuilder();
        await anew.RotateAsync(key: key);
        for (var i = 0; i < 4; i++) await anew.MintAsync();
        await anew.CheckpointAsync();
        (await anew.VerifyAsync()).IsProven();
        (await anew.VerifyAsync(kept: kept)).Has(LinkState.Failed, "kept_checkpoints", "other_trail");
    }

    [Fact]
    public async Task Who_has_nothing_but_the_jti_is_told_what_was_not_compared()
    {
        await using var built = new TrailBuilder();
        await built.RotateAsync();
        var token = ReadToken.Read(await built.MintAsync(), out _, out _)!;
        await built.CheckpointAsync();
        var report = await new AuditProof(built.Folder, new ProofQuestion { TokenId = token.Claims.TokenId }).RunAsync(default);
        report.IsProven();
        Assert.DoesNotContain(report.Links, link => link.Name is "signature" or "claims" or "token_hash");
        Assert.Contains(report.Notes, note => note.StartsWith("No token was given", StringComparison.Ordinal));
        (await new AuditProof(built.Folder, new ProofQuestion { TokenId = "nobody" }).RunAsync(default)).Has(LinkState.Failed, "record", "not_recorded");
    }

    [Fact]
    public async Task A_trail_that_does_not_tell_of_the_key_proves_nothing_of_it()
    {
        await using var built = new TrailBuilder();
        await built.RotateAsync();
        var token = await built.MintAsync();
        await built.CheckpointAsync();
        await using var other = new TrailBuilder();
        await other.RotateAsync(key: (SigningKey)built.Key);
        (await built.VerifyAsync(token)).IsProven();
        (await other.VerifyAsync(token)).Has(LinkState.Failed, "record", "not_recorded");
    }

    private static KeptCheckpoints Kept(string checkpoint)
    {
        Assert.Null(KeptCheckpoints.Read(System.Text.Encoding.ASCII.GetBytes(checkpoint + "\n"), out var kept));
        return kept;
    }
}
