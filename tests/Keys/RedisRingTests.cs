using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Sallyport.Gateway.Keys;
using Sallyport.Gateway.Tokens;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Keys;

/// <summary>The ring of several processes on a real Redis.</summary>
public sealed class RedisRingTests : IAsyncLifetime
{
    private RedisServer _redis = null!;

    public async Task InitializeAsync() => _redis = await RedisServer.StartAsync("--rdbcompression", "no");

    public async Task DisposeAsync() => await _redis.DisposeAsync();

    [Theory]
    [InlineData("ES256")]
    [InlineData("RS256")]
    [InlineData("EdDSA")]
    [Trait("Acceptance", "C12")]
    public async Task A_dump_of_Redis_holds_no_private_key(string algorithm)
    {
        await using var process = await RingProcess.OnAsync(_redis, RingKit.Options with { Algorithm = algorithm, RsaBits = 2048 });
        await process.StepAsync();
        await process.OperateAsync(draft => RingCommands.PrepareAsync(draft, Algorithm.Find(algorithm)!, RingKit.Options, default));
        await process.StepAsync();
        Assert.Equal("+OK", await _redis.Command("SAVE"));
        var dump = await File.ReadAllBytesAsync(Path.Combine(_redis.Directory, "dump.rdb"));

        var ring = process.Replica.Known!;
        Assert.Equal(2, ring.Keys.Length);
        foreach (var key in ring.Keys)
        {
            // It is the right file: the public half and the sealed one are in it.
            Assert.True(Holds(dump, Encoding.ASCII.GetBytes(key.KeyId)));
            Assert.True(Holds(dump, Encoding.ASCII.GetBytes(Base64Url.EncodeToString(key.Sealed.Span))));
            Assert.True(RingKit.Sealing.TryOpen(key.KeyId, key.Sealed.Span, out var secret, out _));
            foreach (var part in PrivateParts(key.Algorithm, secret))
                for (var at = 0; at + 16 <= part.Length; at++)
                {
                    var window = part.AsSpan(at, 16);
                    Assert.False(Holds(dump, window));
                    if (at % 3 == 0 && at + 15 <= part.Length) Assert.False(Holds(dump, Encoding.ASCII.GetBytes(Base64Url.EncodeToString(part.AsSpan(at, 15)))));
                    Assert.False(Holds(dump, Encoding.ASCII.GetBytes(Convert.ToHexString(window))) || Holds(dump, Encoding.ASCII.GetBytes(Convert.ToHexStringLower(window))));
                }
        }

        static bool Holds(byte[] dump, ReadOnlySpan<byte> part) => dump.AsSpan().IndexOf(part) >= 0;
    }

    [Fact]
    [Trait("Acceptance", "C1")]
    [Trait("Acceptance", "C7")]
    public async Task Five_that_begin_at_once_sign_with_one_key_and_so_does_one_that_comes_later()
    {
        var processes = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => RingProcess.OnAsync(_redis)));
        await Task.WhenAll(processes.Select(process => Task.Run(async () =>
        {
            await Poll.Until(async () =>
            {
                await process.StepAsync();
                return process.Keys.Current?.Active is not null;
            });
        })));
        var key = Assert.Single(processes.Select(process => process.ActiveKey).Distinct(StringComparer.Ordinal));

        await using var late = await RingProcess.OnAsync(_redis);
        await late.StepAsync();
        Assert.Equal(key, late.ActiveKey);
        Assert.Equal([key], late.Published);
        Assert.Equal(1, late.Replica.Known!.Epoch);
        foreach (var process in processes) await process.DisposeAsync();
    }

    [Fact]
    [Trait("Acceptance", "C3")]
    public async Task Who_disagree_about_an_expiry_and_a_revocation_come_to_one_entry()
    {
        await using var one = await RingProcess.OnAsync(_redis);
        await using var other = await RingProcess.OnAsync(_redis);
        await one.StepAsync();
        var first = one.ActiveKey;
        await one.OperateAsync(draft => RingCommands.RevokeAsync(draft, first, "lost", RingKit.Options, isEmergency: true, default));
        await one.StepAsync();
        var later = one.Replica.Known!.Active!.NotAfter.AddHours(3);

        // What one knows of the same epoch but otherwise.
        var differing = one.Replica.Known with
        {
            Keys = [.. one.Replica.Known.Keys.Select(key => key.State == KeyState.Active ? key with { NotAfter = later } : key with { State = KeyState.Retired, RetiredAt = key.PreparedAt, RevokedAt = null, RevokedReason = null })],
        };
        Assert.Equal(RingOutcomeKind.Written, (await one.Keeper.ChangeAsync(differing, "rotation", _ => (string?)null, default)).Kind);
        await other.StepAsync();
        Assert.Equal(2, other.Replica.Known!.Keys.Length);
        Assert.Equal(later, other.Replica.Known.Active!.NotAfter);
        Assert.Equal(KeyState.Revoked, other.Replica.Known.Find(first)!.State);
    }

    [Fact]
    [Trait("Acceptance", "C9")]
    public async Task A_revoked_key_stays_revoked_when_Redis_is_emptied_and_a_lagging_replica_publishes_it_again()
    {
        await using var one = await RingProcess.OnAsync(_redis);
        await using var lagging = await RingProcess.OnAsync(_redis);
        await one.StepAsync();
        await lagging.StepAsync();
        var revoked = one.ActiveKey;
        await one.OperateAsync(draft => RingCommands.RevokeAsync(draft, revoked, "lost", RingKit.Options, isEmergency: true, default));
        await one.StepAsync();
        Assert.DoesNotContain(revoked, one.Published);

        await _redis.Command("FLUSHALL");
        await lagging.StepAsync();
        Assert.Equal(revoked, lagging.ActiveKey);
        Assert.Equal(KeyState.Active, (await lagging.Keeper.ReadAsync(default)).Ring!.Find(revoked)!.State);

        await one.StepAsync();
        Assert.DoesNotContain(revoked, one.Published);
        await lagging.StepAsync();
        Assert.DoesNotContain(revoked, lagging.Published);
        Assert.Equal(one.ActiveKey, lagging.ActiveKey);
        Assert.Equal(KeyState.Revoked, (await one.Keeper.ReadAsync(default)).Ring!.Find(revoked)!.State);
    }

    [Fact]
    public async Task A_forged_ring_is_refused_by_all_and_written_over_by_nobody_and_what_is_known_goes_on()
    {
        await using var process = await RingProcess.OnAsync(_redis);
        await process.StepAsync();
        var key = process.ActiveKey;
        var stored = (await process.Keeper.Store.ReadAsync(default)).Document!.Value;

        // Somebody who may write to Redis, but has no key-encryption key, puts a ring of his own there.
        var secrets = KeyEncryptionKeys.Of(RandomNumberGenerator.GetBytes(32));
        await _redis.Command("DEL sallyport:{keys}:ring");
        await using (var thief = await RingProcess.OnAsync(_redis, secrets: secrets)) await thief.StepAsync();
        await process.StepAsync();
        Assert.Equal([key], process.Published);
        Assert.Equal(key, process.ActiveKey);
        Assert.Contains("is not the ring of this issuer", process.Keys.Current!.Problem);
        await using var late = await RingProcess.OnAsync(_redis);
        await late.StepAsync();
        Assert.Null(late.Keys.Current!.Active);
        Assert.Empty(late.Published);
        Assert.True(late.Replica.IsBeyondWaiting);
        var forged = (await process.Keeper.Store.ReadAsync(default)).Document!.Value;
        Assert.False(forged.Span.SequenceEqual(stored.Span));

        await _redis.Command("DEL sallyport:{keys}:ring");
        await process.StepAsync();
        Assert.Null(process.Keys.Current.Problem);
        await late.StepAsync();
        Assert.Equal(key, late.ActiveKey);
        Assert.Null(late.Keys.Current.Problem);
    }

    [Fact]
    [Trait("Acceptance", "C10")]
    public async Task Without_Redis_it_signs_until_the_key_is_at_its_end_and_no_longer()
    {
        var clock = new FakeClock();
        await using var process = await RingProcess.OnAsync(_redis, clock: clock);
        await process.StepAsync();
        await _redis.Kill();
        await process.StepAsync();
        Assert.NotNull(process.Keys.Current!.Active);
        Assert.Contains("is away", process.Keys.Current.Problem);

        clock.Advance(RingKit.Options.Life - TimeSpan.FromMinutes(1));
        await process.StepAsync();
        Assert.NotNull(process.Keys.Current.Active);
        clock.Advance(TimeSpan.FromMinutes(2));
        await process.StepAsync();
        Assert.Null(process.Keys.Current.Active);
        Assert.Empty(process.Published);
        Assert.Contains("at its end", process.Keys.Current.Problem);
    }

    [Fact]
    public async Task The_key_encryption_key_is_replaced_while_all_sign()
    {
        var (old, next) = (RandomNumberGenerator.GetBytes(32), RandomNumberGenerator.GetBytes(32));
        await using var before = await RingProcess.OnAsync(_redis, secrets: KeyEncryptionKeys.Of(old, next));
        await before.StepAsync();
        await using var after = await RingProcess.OnAsync(_redis, secrets: KeyEncryptionKeys.Of(next, old));
        await after.StepAsync();
        await using var only = await RingProcess.OnAsync(_redis, secrets: KeyEncryptionKeys.Of(next));
        await only.StepAsync();
        Assert.Null(only.Keys.Current!.Active);

        await after.OperateAsync(draft => draft.Reseal());
        foreach (var process in (RingProcess[])[before, after, only])
        {
            await process.StepAsync();
            Assert.Equal(before.ActiveKey, process.ActiveKey);
            Assert.Null(process.Keys.Current!.Problem);
        }
    }

    private static IEnumerable<byte[]> PrivateParts(Algorithm algorithm, byte[] secret)
    {
        switch (algorithm.KeyType)
        {
            case KeyType.Ec:
                using (var ecdsa = ECDsa.Create())
                {
                    ecdsa.ImportPkcs8PrivateKey(secret, out _);
                    yield return ecdsa.ExportParameters(includePrivateParameters: true).D!;
                }

                break;
            case KeyType.Rsa:
                using (var rsa = RSA.Create())
                {
                    rsa.ImportPkcs8PrivateKey(secret, out _);
                    var parameters = rsa.ExportParameters(includePrivateParameters: true);
                    yield return parameters.D!;
                    yield return parameters.P!;
                    yield return parameters.Q!;
                }

                break;
            default:
                yield return secret;
                break;
        }
    }
}
