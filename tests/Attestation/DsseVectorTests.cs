using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Sallyport.Gateway.Attestation;
using Sallyport.Gateway.Keys;
using Sallyport.Gateway.Tokens;
using Algorithm = Sallyport.Gateway.Tokens.Algorithm;

namespace Sallyport.Tests.Attestation;

/// <summary>What the authors of DSSE publish: github.com/secure-systems-lab/dsse, protocol.md (version 1.0.0, "Test Vectors") and testvectors/vectors.json.</summary>
public sealed class DsseVectorTests
{
    // protocol.md: "ECDSA over NIST P-256 and SHA-256", the signature as r and s side by side; the public key as two numbers.
    private const string Envelope = """
        {"payload": "aGVsbG8gd29ybGQ=",
         "payloadType": "http://example.com/HelloWorld",
         "signatures": [{"sig": "A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA=="}]}
        """;

    private const string StatementType = "application/vnd.in-toto+json";
    private const string FirstSeed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
    private const string SecondSeed = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";

    private static readonly Jwk Key = Jwk.FromEc(new ECParameters
    {
        Curve = ECCurve.NamedCurves.nistP256,
        Q = { X = Bytes("46950820868899156662930047687818585632848591499744589407958293238635476079160"), Y = Bytes("5640078356564379163099075877009565129882514886557779369047442380624545832820") },
    });

    [Fact]
    public void The_envelope_of_the_specification_is_read_encoded_and_verified()
    {
        Assert.True(DsseEnvelope.TryRead(Encoding.UTF8.GetBytes(Envelope), out var envelope, out var problem), problem);
        Assert.Equal("hello world", Encoding.UTF8.GetString(envelope.Payload));
        var signed = PreAuthEncoding.Of(envelope.PayloadType, envelope.Payload);
        Assert.Equal("DSSEv1 29 http://example.com/HelloWorld 11 hello world", Encoding.UTF8.GetString(signed));

        var algorithm = Algorithm.Find("ES256")!;
        var signature = Assert.Single(envelope.Signatures);
        Assert.True(Key.Verify(algorithm, signed, signature.Bytes));
        // The form in which we, and most others, write it.
        var der = SignatureForm.Write(algorithm, signature.Bytes);
        Assert.True(Key.Verify(algorithm, signed, SignatureForm.Read(algorithm, der)));
        Assert.False(Key.Verify(algorithm, PreAuthEncoding.Of(envelope.PayloadType, "hello World"u8), signature.Bytes));
        Assert.False(Key.Verify(algorithm, PreAuthEncoding.Of("http://example.com/helloWorld", envelope.Payload), signature.Bytes));
    }

    // testvectors/vectors.json (commit 82043ad), whose keys are those of RFC 8032 section 7.1, TEST 1 and TEST 2. Ed25519 has one signature for a text: ours must be theirs, to the bit.
    [Theory]
    [InlineData(FirstSeed, StatementType, "eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEifQ==", "2WAfaHm5jluo0w+0rk8uVkluELJYWjSmU9x7EUzx+AyteDGJ4/nqyJXfmAUVFIAoQafWm7AxBZNw5M9ixNHiCA==")]
    [InlineData(SecondSeed, StatementType, "eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEifQ==", "c1+67/aT0yqEpwx8PsVY3MLHsj9D0CZ014/Fv/QlG59P+9CobUZ7xECJ/V3USG0Ob9CiE5LjReEZUzNF2l7eBw==")]
    [InlineData(FirstSeed, StatementType, "-_-_Pj8=", "P-_KHICeR7tI6S_YyejJTRtrXhcQyQ2LYPaL8h90KjC9qN8HU_svOQ6TuDOT1HIrsGW886DbWNWcCmX5twLrAw==")]
    [InlineData(FirstSeed, "application/vnd.ex\u00e4mple+json", "eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEifQ==", "xmSk/ug66ysT7ayhkCIjhAq42zgZXSsEWuzUaNL7w2eGAdF/NU6/fRXPtmfN+5DNSAs5/i2lUnHjbbjPsu0tAw==")]
    [InlineData(FirstSeed, StatementType, "", "gSggCAaTLTYyRH6FIDBem6meyIynsYy8RTHVzwx9tnTb7Bg/1jMWnuVgI/gffqmbsC2VX5/jHfkkDqsj7CDbDg==")]
    [InlineData(FirstSeed, "", "eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEifQ==", "iC3q/+3Rm0+lpAJRueDmDh15PnwCfxKmS0NAfKsbv+zgulXQC/WM9trc+j1XEqlwDIg/vf/uNfebeD6sxInrDg==")]
    public void A_signature_of_the_vectors_is_the_one_that_we_make(string seed, string type, string payload, string signature)
    {
        var json = $$"""{"payload":"{{payload}}","payloadType":"{{type}}","signatures":[{"keyid":"A","sig":"{{signature}}"}]}""";
        Assert.True(DsseEnvelope.TryRead(Encoding.UTF8.GetBytes(json), out var envelope, out var problem), problem);
        using var key = SigningKey.Import(Algorithm.Find("EdDSA")!, Convert.FromHexString(seed));
        var signed = PreAuthEncoding.Of(envelope.PayloadType, envelope.Payload);
        Assert.Equal(key.Sign(signed), envelope.Signatures[0].Bytes);
        Assert.True(key.Public.Verify(key.Algorithm, signed, envelope.Signatures[0].Bytes));
        Assert.False(key.Public.Verify(key.Algorithm, PreAuthEncoding.Of("application/vnd.example.other+json", envelope.Payload), envelope.Signatures[0].Bytes));
    }

    [Theory]
    [InlineData("http://example.com/HelloWorld", "hello world", "DSSEv1 29 http://example.com/HelloWorld 11 hello world")]
    [InlineData("", "", "DSSEv1 0  0 ")]
    [InlineData("\u00e4", " 1", "DSSEv1 2 \u00e4 2  1")]
    public void Lengths_are_those_of_bytes(string type, string body, string signed) => Assert.Equal(signed, Encoding.UTF8.GetString(PreAuthEncoding.Of(type, Encoding.UTF8.GetBytes(body))));

    private static byte[] Bytes(string number)
    {
        var bytes = new byte[32];
        var value = BigInteger.Parse(number);
        Assert.True(value.TryWriteBytes(bytes.AsSpan(32 - value.GetByteCount(isUnsigned: true)), out _, isUnsigned: true, isBigEndian: true));
        return bytes;
    }
}
