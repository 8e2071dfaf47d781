using System.Buffers.Text;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Sallyport.Gateway.Tokens;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Tokens;

/// <summary>Tokens that were tampered with, or signed with what a forger has.</summary>
public sealed class ForgedSignatureTests
{
    private const string Claims = """{"iss":"https://id.example","sub":"s-1","admin":false}""";
    private static readonly TestKey Ec = TestKey.New("ES256");
    private static readonly TestKey Rsa = TestKey.New("RS256");
    private static readonly TestKey Ed = TestKey.New("EdDSA");
    private static readonly JwkSet Set = TestSet.Of(Ec.PublicJwk("ec", "ES256"), Rsa.PublicJwk("rsa", "RS256"), Ed.PublicJwk("ed", "EdDSA"));

    [Theory]
    [Trait("Acceptance", "D1")]
    [InlineData("ES256", 64, 1)]
    [InlineData("ES384", 96, 4)]
    [InlineData("ES512", 132, 4)]
    [InlineData("RS256", 256, 2)]
    [InlineData("PS256", 256, 2)]
    [InlineData("EdDSA", 64, 1)]
    [InlineData("HS256", 32, 1)]
    public void No_token_with_a_bit_flipped_verifies(string algorithm, int signatureBytes, int step)
    {
        var key = TestKey.New(algorithm);
        var set = algorithm == "HS256" ? JwkSet.Of(Jwk.FromSecret(key.Secret, "k")) : TestSet.Of(key.PublicJwk("k"));
        var token = key.Sign($$"""{"alg":"{{algorithm}}","kid":"k"}""", Claims);
        Assert.Null(Check(token, set));
        Assert.True(CompactJws.TryParse(token, 8192, out var jws, out _));
        Assert.Equal(signatureBytes, jws!.Signature.Length);
        for (var i = 0; i < token.Length; i++)
        {
            // Every byte of every token; every bit where verifying is quick.
            for (var bit = i % step; bit < 8; bit += step)
                Assert.NotNull(Check(token[..i] + (char)(token[i] ^ (1 << bit)) + token[(i + 1)..], set));
        }
    }

    [Theory]
    [Trait("Acceptance", "D1")]
    [InlineData("ES256")]
    [InlineData("RS256")]
    [InlineData("EdDSA")]
    public void No_damaged_token_verifies(string algorithm)
    {
        var random = new Random(7521);
        var key = TestKey.New(algorithm);
        var set = TestSet.Of(key.PublicJwk("k"));
        var token = key.Sign($$"""{"alg":"{{algorithm}}","kid":"k"}""", Claims);
        Assert.Null(Check(token, set));
        for (var round = 0; round < 2000; round++)
        {
            var damaged = Mutation.OfText(random, token);
            if (!string.Equals(damaged, token, StringComparison.Ordinal))
                Assert.NotNull(Check(damaged, set));
        }
    }

    [Fact]
    [Trait("Acceptance", "D1")]
    public void Another_key_of_the_same_kind_or_another_payload_does_not_verify()
    {
        foreach (var (key, kid) in new[] { (Ec, "ec"), (Rsa, "rsa"), (Ed, "ed") })
        {
            var header = $$"""{"alg":"{{key.Algorithm}}","kid":"{{kid}}"}""";
            var token = key.Sign(header, Claims);
            Assert.Null(Check(token));
            Assert.Equal(TokenFault.SignatureInvalid, Check(TestKey.New(key.Algorithm).Sign(header, Claims)));
            var parts = token.Split('.');
            Assert.Equal(TokenFault.SignatureInvalid, Check($"{parts[0]}.{TokenForge.Encode(Claims.Replace("false", "true"))}.{parts[2]}"));
            Assert.Equal(TokenFault.SignatureInvalid, Check($"{TokenForge.Encode(header.Replace("}", " }"))}.{parts[1]}.{parts[2]}"));
        }
    }

    [Fact]
    [Trait("Acceptance", "D2")]
    public void Public_key_bytes_are_no_secret()
    {
        var secrets = new List<byte[]>();
        foreach (AsymmetricAlgorithm key in new AsymmetricAlgorithm[] { Ec.Ecdsa, Rsa.Rsa })
        {
            secrets.Add(key.ExportSubjectPublicKeyInfo());
            secrets.Add(Encoding.ASCII.GetBytes(key.ExportSubjectPublicKeyInfoPem()));
            secrets.Add(Encoding.ASCII.GetBytes(key.ExportSubjectPublicKeyInfoPem() + "\n"));
        }

        secrets.Add(Rsa.Rsa.ExportParameters(includePrivateParameters: false).Modulus!);
        secrets.AddRange(new[] { Ec, Rsa, Ed }.Select(k => Encoding.UTF8.GetBytes(k.PublicJwk().ToJsonString())));
        secrets.Add(Ed25519.GetPublicKey(Ed.Secret));
        Assert.Null(Check(Ec.Sign("""{"alg":"ES256","kid":"ec"}""", Claims)));
        foreach (var secret in secrets)
        {
            string Forged(string kid) => Signed($$"""{"alg":"HS256"{{kid}}}""", Claims, input => HMACSHA256.HashData(secret, input));
            Assert.All(new[] { "ec", "rsa", "ed" }, kid => Assert.Equal(TokenFault.AlgorithmMismatch, Check(Forged($",\"kid\":\"{kid}\""))));
            Assert.Equal(TokenFault.KidMissing, Check(Forged("")));
            Assert.Equal(TokenFault.AlgorithmNotAllowed, JwsCheck.Check(Forged(""), Set, [Algorithm.Find("ES256")!]));
        }
    }

    [Theory]
    [Trait("Acceptance", "D2")]
    [InlineData("RS256", "algorithm_mismatch")]
    [InlineData("PS256", "algorithm_mismatch")]
    [InlineData("ES384", "algorithm_mismatch")]
    [InlineData("ES512", "algorithm_mismatch")]
    [InlineData("EdDSA", "algorithm_mismatch")]
    [InlineData("HS256", "algorithm_mismatch")]
    [InlineData("none", "algorithm_none")]
    [InlineData("es256", "algorithm_unknown")]
    public void Key_for_ES256_takes_no_other_header(string algorithm, string code)
    {
        Assert.Null(Check(Ec.Sign("""{"alg":"ES256","kid":"ec"}""", Claims)));
        Assert.Equal(code, Check(Ec.Sign($$"""{"alg":"{{algorithm}}","kid":"ec"}""", Claims))?.Code);
    }

    [Fact]
    [Trait("Acceptance", "D2")]
    public void ES384_on_a_key_of_P_256_is_refused_also_where_the_JWK_names_no_algorithm()
    {
        var set = TestSet.Of(Ec.PublicJwk("ec"));
        Assert.Null(Check(Ec.Sign("""{"alg":"ES256","kid":"ec"}""", Claims), set));
        Assert.Equal(TokenFault.AlgorithmMismatch, Check(Ec.Sign("""{"alg":"ES384","kid":"ec"}""", Claims, "ES384"), set));
    }

    [Fact]
    [Trait("Acceptance", "D2")]
    public void Padding_of_the_other_RSA_scheme_is_refused()
    {
        var set = TestSet.Of(Rsa.PublicJwk("rsa"));
        foreach (var (header, signedAs) in new[] { ("RS256", "PS256"), ("PS256", "RS256"), ("RS256", "RS384"), ("PS384", "PS256") })
        {
            Assert.Null(Check(Rsa.Sign($$"""{"alg":"{{header}}","kid":"rsa"}""", Claims, header), set));
            Assert.Equal(TokenFault.SignatureInvalid, Check(Rsa.Sign($$"""{"alg":"{{header}}","kid":"rsa"}""", Claims, signedAs), set));
        }
    }

    [Fact]
    public void ECDSA_signature_in_DER_is_refused() => Refused(Ec, "ec", input =>
        Ec.Ecdsa.SignData(input, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));

    [Fact]
    public void ECDSA_signature_with_r_or_s_of_zero_or_of_the_group_order_is_refused()
    {
        var order = Convert.FromHexString("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
        byte[][] values = [new byte[32], [.. new byte[31], 1], order, [.. order[..^1], (byte)(order[^1] - 1)], [.. Enumerable.Repeat((byte)0xff, 32)]];
        foreach (var r in values)
        {
            foreach (var s in values)
                Refused(Ec, "ec", _ => [.. r, .. s]);
            Refused(Ec, "ec", input => [.. r, .. Ec.Sign(input)[32..]]);
            Refused(Ec, "ec", input => [.. Ec.Sign(input)[..32], .. r]);
        }
    }

    [Fact]
    public void EdDSA_signature_with_S_beyond_the_group_order_is_refused()
    {
        // RFC 8032, section 5.1.7: S + L verifies in the equation, but is not the signature.
        var order = BigInteger.Pow(2, 252) + BigInteger.Parse("27742317777372353535851937790883648493");
        Refused(Ed, "ed", input =>
        {
            var signature = Ed.Sign(input);
            var s = new BigInteger(signature.AsSpan(32), isUnsigned: true) + order;
            return [.. signature[..32], .. s.ToByteArray(isUnsigned: true)];
        });
    }

    [Fact]
    public void Signature_of_zeros_or_cut_or_extended_or_repeated_is_refused()
    {
        foreach (var (key, kid) in new[] { (Ec, "ec"), (Rsa, "rsa"), (Ed, "ed") })
        {
            Refused(key, kid, input => new byte[key.Sign(input).Length]);
            Refused(key, kid, input => key.Sign(input)[..^1]);
            Refused(key, kid, input => key.Sign(input)[1..]);
            Refused(key, kid, input => [.. key.Sign(input), 0]);
            Refused(key, kid, input => [0, .. key.Sign(input)]);
            Refused(key, kid, input => [.. key.Sign(input), .. key.Sign(input)]);
            Refused(key, kid, _ => [0]);
        }
    }

    [Fact]
    [Trait("Acceptance", "D13")]
    public void Key_that_the_header_brings_along_is_not_looked_at()
    {
        var forger = TestKey.New("ES256");
        var jwk = forger.PublicJwk("ec", "ES256").ToJsonString();
        Assert.Null(Check(Ec.Sign($$"""{"alg":"ES256","kid":"ec","jwk":{{jwk}}}""", Claims)));
        Assert.Equal(TokenFault.SignatureInvalid, Check(forger.Sign($$"""{"alg":"ES256","kid":"ec","jwk":{{jwk}}}""", Claims)));
        Assert.Equal(TokenFault.KidUnknown, Check(forger.Sign($$"""{"alg":"ES256","kid":"new","jwk":{{jwk}},"jku":"https://evil.example"}""", Claims)));
    }

    [Fact]
    public void One_key_verifies_on_many_threads_at_once()
    {
        string[] tokens = [.. new[] { (Ec, "ec"), (Rsa, "rsa"), (Ed, "ed") }.Select(k => k.Item1.Sign(new JsonObject { ["alg"] = k.Item1.Algorithm, ["kid"] = k.Item2 }.ToJsonString(), Claims))];
        string[] forged = [.. tokens.Select(t => t[..^8] + (t[^8] == 'A' ? 'B' : 'A') + t[^7..])];
        Parallel.For(0, 1500, new ParallelOptions { MaxDegreeOfParallelism = 16 }, i =>
        {
            Assert.Null(Check(tokens[i % 3]));
            Assert.NotNull(Check(forged[i % 3]));
        });
    }

    private static void Refused(TestKey key, string kid, Func<byte[], byte[]> sign)
    {
        var header = $$"""{"alg":"{{key.Algorithm}}","kid":"{{kid}}"}""";
        Assert.Null(Check(Signed(header, Claims, input => key.Sign(input))));
        Assert.Equal(TokenFault.SignatureInvalid, Check(Signed(header, Claims, sign)));
    }

    private static string Signed(string header, string claims, Func<byte[], byte[]> sign)
    {
        var input = $"{TokenForge.Encode(header)}.{TokenForge.Encode(claims)}";
        return $"{input}.{Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(input)))}";
    }

    private static TokenFault? Check(string token, JwkSet? set = null) => JwsCheck.Check(token, set ?? Set, Algorithm.All);
}
