using System.Text;
using Sallyport.Gateway.Keys;
using Sallyport.Tests.Keys;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Kms;

/// <summary>A key of the ring is found again by its name or its alias, and whatever leads elsewhere is refused.</summary>
public sealed class KmsFoundAgainTests : IAsyncLifetime
{
    private readonly MemoryKeyStore _store = new(TimeProvider.System);
    private KmsServer _kms = null!;
    private RingKey _key = null!;

    public async Task InitializeAsync()
    {
        _kms = await KmsServer.StartAsync();
        await using var process = KmsProcess.Of(_kms, _store);
        await process.StepAsync();
        _key = process.Replica.Known!.Active!;
    }

    public async Task DisposeAsync() => await _kms.DisposeAsync();

    [Fact]
    [Trait("Acceptance", "C7")]
    public async Task A_process_that_starts_again_signs_with_the_key_that_there_is()
    {
        await using var process = KmsProcess.Of(_kms, _store);
        await process.StepAsync();

        Assert.Equal(_key.KeyId, process.Signer.KeyId);
        await process.SignsAsync();
        Assert.Equal(1, _kms.Count("CreateKey"));
    }

    [Fact]
    public async Task By_its_alias_where_its_sealed_name_cannot_be_opened()
    {
        await using var process = KmsProcess.Of(_kms, _store);
        var moved = _key with { Sealed = Sealed(KeyEncryptionKeys.Of(new byte[32]), _kms.Keys.Single().Arn) };

        var (signer, problem) = await process.Maker.OpenAsync(moved, default);

        Assert.Null(problem);
        await Signs(signer!);
        Assert.Contains(_kms.Requests, request => request.Operation == "DescribeKey" && request.KeyId == "alias/sallyport-" + _key.KeyId);
    }

    [Fact]
    public async Task An_alias_that_points_to_another_key_leads_nowhere()
    {
        await using var process = KmsProcess.Of(_kms, _store);
        _kms.Aliases["alias/sallyport-" + _key.KeyId] = _kms.Add("ECC_NIST_P256").Id;
        var moved = _key with { Sealed = Sealed(KeyEncryptionKeys.Of(new byte[32]), _kms.Keys.First().Arn) };

        var (signer, problem) = await process.Maker.OpenAsync(moved, default);

        Assert.Null(signer);
        Assert.Contains("not configured here", problem, StringComparison.Ordinal);
        // The sealed name does not ask the alias.
        (signer, problem) = await process.Maker.OpenAsync(_key, default);
        Assert.Null(problem);
        await Signs(signer!);
    }

    [Fact]
    [Trait("Acceptance", "C12")]
    public async Task A_name_that_was_sealed_for_another_key_is_not_used()
    {
        await using var process = KmsProcess.Of(_kms, _store);
        _kms.Aliases.Clear();
        var foreign = _kms.Add("ECC_NIST_P256");
        var other = await process.Maker.MakeAsync(_key.Algorithm, default);
        foreach (var (sealedName, told) in new (ReadOnlyMemory<byte>, string)[]
        {
            // Of another key of the ring; by a holder of the key-encryption key, of a foreign one; and what is no name at all.
            (other.Sealed, "sealed for another key"),
            (Sealed(RingKit.Secrets, foreign.Arn), "is another key than the ring's"),
            (Sealed(RingKit.Secrets, "arn:aws:kms:eu-central-1:111122223333:key/none"), "NotFoundException"),
            (new byte[100], "no sealed key"),
        })
        {
            var (signer, problem) = await process.Maker.OpenAsync(_key with { Sealed = sealedName }, default);
            Assert.Null(signer);
            Assert.Contains(told, problem, StringComparison.Ordinal);
        }

        Assert.NotNull((await process.Maker.OpenAsync(_key, default)).Signer);
    }

    [Fact]
    public async Task A_key_of_another_kind_or_use_is_refused()
    {
        await using var process = KmsProcess.Of(_kms, _store);
        _kms.Aliases.Clear();
        foreach (var foreign in new[] { _kms.Add("RSA_2048"), _kms.Add("ECC_NIST_P384") })
        {
            var (signer, problem) = await process.Maker.OpenAsync(_key with { Sealed = Sealed(RingKit.Secrets, foreign.Arn) }, default);
            Assert.Null(signer);
            Assert.Contains("another key", problem, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Names_are_sealed_anew_with_the_first_key_encryption_key()
    {
        var (old, young) = (new byte[32], Enumerable.Repeat((byte)1, 32).ToArray());
        await using var process = KmsProcess.Of(_kms, _store, new KmsPlan { Secrets = KeyEncryptionKeys.Of(young, old) });
        var key = _key with { Sealed = Sealed(KeyEncryptionKeys.Of(old), _kms.Keys.Single().Arn) };

        Assert.Null(process.Maker.Reseal(key, out var resealed));

        Assert.True(new KeySealing(KeyEncryptionKeys.Of(young), RingKit.Issuer, KeySealing.KmsKeyName).TryOpen(key.KeyId, resealed.Span, out var name, out _));
        Assert.Equal(_kms.Keys.Single().Arn, Encoding.UTF8.GetString(name));
        Assert.NotNull(process.Maker.Reseal(key with { Sealed = new byte[100] }, out _));
    }

    [Fact]
    [Trait("Acceptance", "C1")]
    [Trait("Acceptance", "C11")]
    public async Task Five_processes_that_start_at_once_on_an_empty_Redis_have_one_key_made()
    {
        await using var redis = await RedisServer.StartAsync();
        var processes = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => KmsProcess.OnAsync(_kms, redis)));
        var before = _kms.Count("CreateKey");

        await Poll.Until(
            async () =>
            {
                await Task.WhenAll(processes.Select(process => process.StepAsync()));
                return processes.All(process => process.Keys.Current?.Active is not null);
            },
            TimeSpan.FromSeconds(30));

        Assert.Equal(before + 1, _kms.Count("CreateKey"));
        Assert.Single(processes.Select(process => process.Signer.KeyId).Distinct(StringComparer.Ordinal));
        foreach (var process in processes)
        {
            await process.SignsAsync();
            await process.DisposeAsync();
        }
    }

    private byte[] Sealed(KeyEncryptionKeys by, string name) => new KeySealing(by, RingKit.Issuer, KeySealing.KmsKeyName).Seal(_key.KeyId, Encoding.UTF8.GetBytes(name));

    private async Task Signs(ITokenSigner signer)
    {
        var input = "a.b"u8.ToArray();
        var signature = await signer.SignAsync(input, default);
        Assert.True(_key.Public.Material.Verify(_key.Algorithm, input, signature));
    }
}
