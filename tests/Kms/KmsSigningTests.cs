using Sallyport.Gateway.Keys;
using Sallyport.Gateway.Tokens;

namespace Sallyport.Tests.Kms;

/// <summary>Keys that AWS KMS makes: every algorithm, and what of them lies in the ring.</summary>
public sealed class KmsSigningTests
{
    [Theory]
    [InlineData("ES256", 2048, "ECC_NIST_P256")]
    [InlineData("ES384", 2048, "ECC_NIST_P384")]
    [InlineData("ES512", 2048, "ECC_NIST_P521")]
    [InlineData("RS256", 2048, "RSA_2048")]
    [InlineData("RS384", 3072, "RSA_3072")]
    [InlineData("RS512", 2048, "RSA_2048")]
    [InlineData("PS256", 4096, "RSA_4096")]
    [InlineData("PS384", 2048, "RSA_2048")]
    [InlineData("PS512", 2048, "RSA_2048")]
    public async Task Every_algorithm_of_KMS_signs_what_the_JWK_Set_verifies(string algorithm, int bits, string spec)
    {
        await using var kms = await KmsServer.StartAsync();
        await using var process = KmsProcess.Of(kms, new MemoryKeyStore(TimeProvider.System), new KmsPlan { Algorithm = algorithm, RsaBits = bits });

        await process.StepAsync();

        Assert.Null(process.Ring.Problem);
        // Each signature has another r and s; some need fewer bytes than others.
        for (var i = 0; i < (algorithm[0] == 'E' ? 300 : 3); i++) await process.SignsAsync();
        var key = Assert.Single(kms.Keys);
        Assert.Equal(spec, key.Spec);
        Assert.Equal([("sallyport-issuer", "https://gateway.example.com"), ("team", "identity")], key.Tags.Select(tag => (tag.Key, tag.Value)).Order());
        Assert.Contains("https://gateway.example.com", key.Description, StringComparison.Ordinal);
        Assert.Same(key, kms.Aliased("alias/sallyport-" + process.Signer.KeyId));
        Assert.Empty(kms.Refused);
    }

    [Fact]
    public async Task An_algorithm_that_KMS_does_not_have_is_refused_and_nothing_is_made()
    {
        await using var kms = await KmsServer.StartAsync();
        await using var process = KmsProcess.Of(kms, new MemoryKeyStore(TimeProvider.System));

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await process.Maker.MakeAsync(Algorithm.Find("EdDSA")!, default));
        Assert.Empty(kms.Requests);
        await process.Maker.MakeAsync(Algorithm.Find("ES256")!, default);
        Assert.Single(kms.Keys);
    }

    [Fact]
    [Trait("Acceptance", "C12")]
    public async Task The_ring_has_the_name_of_the_key_sealed_and_nothing_private()
    {
        await using var kms = await KmsServer.StartAsync();
        var store = new MemoryKeyStore(TimeProvider.System);
        await using var process = KmsProcess.Of(kms, store);
        await process.StepAsync();

        var document = System.Text.Encoding.UTF8.GetString((await store.ReadAsync(default)).Document!.Value.Span);
        Assert.Contains(process.Signer.KeyId, document, StringComparison.Ordinal);
        Assert.DoesNotContain(kms.Keys.Single().Id, document, StringComparison.Ordinal);
        var ring = (await process.Keeper.ReadAsync(default)).Ring!;
        Assert.True(new KeySealing(Keys.RingKit.Secrets, Keys.RingKit.Issuer, KeySealing.KmsKeyName).TryOpen(ring.Active!.KeyId, ring.Active.Sealed.Span, out var name, out _));
        Assert.Equal(kms.Keys.Single().Arn, System.Text.Encoding.UTF8.GetString(name));
        // A sealed name is no sealed key: neither passes for the other.
        Assert.False(Keys.RingKit.Sealing.TryOpen(ring.Active.KeyId, ring.Active.Sealed.Span, out _, out _));
    }
}
