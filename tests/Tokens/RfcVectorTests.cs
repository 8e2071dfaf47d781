using System.Text;
using Sallyport.Gateway.Tokens;

namespace Sallyport.Tests.Tokens;

/// <summary>The examples of RFC 7515, 7520, 7638, 8032 and 8037. That their signatures verify proves that the files are right.</summary>
public sealed class RfcVectorTests
{
    private const int Long = 8192;

    [Theory]
    [InlineData("rfc7515-a1-hs256")]
    [InlineData("rfc7515-a2-rs256")]
    [InlineData("rfc7515-a3-es256")]
    [InlineData("rfc7515-a4-es512")]
    [InlineData("rfc7520-4.1-rs256")]
    [InlineData("rfc7520-4.2-ps384")]
    [InlineData("rfc7520-4.3-es512")]
    [InlineData("rfc7520-4.4-hs256")]
    [InlineData("rfc8037-a-eddsa")]
    public void Signed_example_verifies_with_its_key_and_no_other_algorithm(string name)
    {
        var vector = RfcVector.Read(name);
        Assert.Null(JwsCheck.Check(vector.Jws, vector.Keys, [vector.Algorithm]));

        Assert.True(CompactJws.TryParse(vector.Jws, Long, out var jws, out _));
        Assert.Equal(vector.Payload, Encoding.UTF8.GetString(jws!.Payload.Span));
        Assert.Equal(vector.Jws[..vector.Jws.LastIndexOf('.')], Encoding.ASCII.GetString(jws.SigningInput));
        Assert.All(Algorithm.All.Where(a => a != vector.Algorithm), other =>
            Assert.Equal(TokenFault.AlgorithmNotAllowed, JwsCheck.Check(vector.Jws, vector.Keys, [other])));
    }

    [Theory]
    [Trait("Acceptance", "D16")]
    [InlineData("rfc7515-a5-unsecured")]
    [InlineData("rfc7515-a6-json")]
    [InlineData("rfc7515-a7-flattened-json")]
    [InlineData("rfc7520-4.1-json")]
    [InlineData("rfc7520-4.5-detached")]
    [InlineData("rfc7520-4.6-unprotected-kid-json")]
    [InlineData("rfc7520-4.7-unprotected-header-json")]
    [InlineData("rfc7520-4.8-multiple-json")]
    public void Example_in_another_form_than_a_signed_compact_one_is_refused(string name)
    {
        var vector = RfcVector.Read(name);
        var signed = RfcVector.Read("rfc7515-a3-es256");
        Assert.Null(JwsCheck.Check(signed.Jws, signed.Keys, Algorithm.All));
        Assert.Equal(vector.Refused, JwsCheck.Check(vector.Jws, signed.Keys, Algorithm.All)?.Code);
    }

    [Theory]
    [InlineData("rfc7638-3.1")]
    [InlineData("rfc8037-a-eddsa")]
    public void Thumbprint_is_that_of_the_RFC(string name)
    {
        var vector = RfcVector.Read(name);
        Assert.Equal(vector.Thumbprint, Assert.Single(vector.Keys.Keys).Thumbprint);
    }

    [Fact]
    public void EdDSA_example_is_signed_again_byte_for_byte()
    {
        var vector = RfcVector.Read("rfc8037-a-eddsa");
        Assert.True(CompactJws.TryParse(vector.Jws, Long, out var jws, out _));
        Assert.Equal(jws!.Signature.ToArray(), Ed25519.Sign(vector.Seed, jws.SigningInput));
    }

    [Fact]
    public void Ed25519_examples_of_RFC_8032_sign_and_verify()
    {
        foreach (var test in RfcVector.ReadJson("rfc8032-7.1-ed25519")["tests"]!.AsArray())
        {
            byte[] Octets(string name) => Convert.FromHexString((string)test![name]!);
            var (seed, publicKey, message, signature) = (Octets("seed"), Octets("publicKey"), Octets("message"), Octets("signature"));
            Assert.Equal(publicKey, Ed25519.GetPublicKey(seed));
            Assert.Equal(signature, Ed25519.Sign(seed, message));
            Assert.True(Ed25519.Verify(publicKey, message, signature));
            Assert.False(Ed25519.Verify(publicKey, [.. message, 0], signature));
        }
    }
}
