using System.Security.Cryptography;
using Sallyport.Gateway.Attestation;
using Sallyport.Gateway.Keys;
using Algorithm = Sallyport.Gateway.Tokens.Algorithm;

namespace Sallyport.Tests.Attestation;

public sealed class SignatureFormTests
{
    [Theory]
    [InlineData("ES256")]
    [InlineData("ES384")]
    [InlineData("ES512")]
    public void Ecdsa_is_der_as_the_platform_reads_it_and_comes_back(string name)
    {
        var algorithm = Algorithm.Find(name)!;
        using var key = SigningKey.Generate(algorithm, 0);
        using var ecdsa = ECDsa.Create();
        ecdsa.ImportPkcs8PrivateKey(key.Export(), out _);
        // Enough for numbers with leading zeros and with a high first bit.
        for (var i = 0; i < 600; i++)
        {
            byte[] text = [(byte)i, (byte)(i >> 8)];
            var signature = key.Sign(text);
            var written = SignatureForm.Write(algorithm, signature);
            Assert.True(ecdsa.VerifyData(text, written, algorithm.Hash, DSASignatureFormat.Rfc3279DerSequence));
            Assert.Equal(signature, SignatureForm.Read(algorithm, written));
        }
    }

    [Theory]
    [InlineData("RS256")]
    [InlineData("PS256")]
    [InlineData("EdDSA")]
    public void Every_other_signature_stays_as_it_is(string name)
    {
        byte[] signature = [1, 2, 3];
        Assert.Equal(signature, SignatureForm.Write(Algorithm.Find(name)!, signature));
        Assert.Equal(signature, SignatureForm.Read(Algorithm.Find(name)!, signature));
    }

    [Theory]
    [InlineData("3006020101020102", true)]
    [InlineData("", false)]
    [InlineData("300602010102010200", false)] // Something follows.
    [InlineData("30090201010201020201FF", false)] // A third number.
    [InlineData("3007020101020200FF", true)]
    [InlineData("30070201010202007F", false)] // A zero too many.
    [InlineData("30810602010102" + "0102", false)] // A length that is longer than it must be.
    [InlineData("30060201FF020102", false)] // Negative.
    [InlineData("3003020101", false)]
    [InlineData("3080020101020102" + "0000", false)] // BER.
    [InlineData("3126020101", false)]
    [InlineData("30260221" + "01" + "0000000000000000000000000000000000000000000000000000000000000000" + "020101", false)] // A number of 33 bytes.
    public void There_is_one_spelling_of_two_numbers(string hex, bool isGood) =>
        Assert.Equal(isGood, SignatureForm.Read(Algorithm.Find("ES256")!, Convert.FromHexString(hex)) is { Length: 64 });

    [Fact]
    public void Two_numbers_side_by_side_are_not_taken()
    {
        var algorithm = Algorithm.Find("ES256")!;
        using var key = SigningKey.Generate(algorithm, 0);
        for (var i = 0; i < 200; i++) Assert.Null(SignatureForm.Read(algorithm, key.Sign([(byte)i])));
    }
}
