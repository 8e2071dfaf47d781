using System.Security.Cryptography;
using Sallyport.Gateway.Keys;

namespace Sallyport.Tests.Kms;

public sealed class EcdsaSignatureTests
{
    [Theory]
    // r = 1, s = 2; r with the zero that makes it positive; r as long as its field.
    [InlineData("3006020101020102", 8, "0000000100000002")]
    [InlineData("300702020080020102", 8, "0000008000000002")]
    [InlineData("300a0205008000000102017f", 8, "800000010000007f")]
    public void What_is_DER_becomes_two_numbers_of_fixed_length(string der, int size, string raw)
    {
        Assert.True(EcdsaSignature.TryFromDer(Convert.FromHexString(der), size, out var written));
        Assert.Equal(raw, Convert.ToHexStringLower(written));
    }

    [Theory]
    [InlineData("")]
    [InlineData("30")]
    [InlineData("3000")]
    [InlineData("3003020101")]
    [InlineData("3006020101020100")]
    [InlineData("3006020100020101")]
    [InlineData("3006020181020101")]
    [InlineData("300702020001020101")]
    [InlineData("30060201010201010000")]
    [InlineData("300602010102010102")]
    [InlineData("3009020101020101020101")]
    [InlineData("30808002010102010100000000")]
    [InlineData("3081060201010201010")]
    [InlineData("300b02060100000000000201010")]
    [InlineData("3106020101020101")]
    [InlineData("3006030101020101")]
    public void What_is_anything_else_is_refused(string der)
    {
        Assert.False(EcdsaSignature.TryFromDer(Convert.FromHexString(der.Length % 2 == 0 ? der : der[..^1]), 8, out _));
        Assert.True(EcdsaSignature.TryFromDer(Convert.FromHexString("3006020101020101"), 8, out _));
    }

    [Fact]
    public void A_signature_of_any_curve_is_the_same_in_both_spellings()
    {
        foreach (var (curve, size) in new[] { (ECCurve.NamedCurves.nistP256, 64), (ECCurve.NamedCurves.nistP384, 96), (ECCurve.NamedCurves.nistP521, 132) })
        {
            using var key = ECDsa.Create(curve);
            for (var i = 0; i < 200; i++)
            {
                var digest = RandomNumberGenerator.GetBytes(32);
                Assert.True(EcdsaSignature.TryFromDer(key.SignHash(digest, DSASignatureFormat.Rfc3279DerSequence), size, out var raw));
                Assert.True(key.VerifyHash(digest, raw, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
            }
        }
    }

    [Fact]
    public void Random_bytes_are_refused_or_read_but_never_break_anything()
    {
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = RandomNumberGenerator.GetBytes(RandomNumberGenerator.GetInt32(1, 80));
            bytes[0] = 0x30;
            if (EcdsaSignature.TryFromDer(bytes, 64, out var raw)) Assert.Equal(64, raw.Length);
        }
    }
}
