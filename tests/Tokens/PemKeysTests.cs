using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Sallyport.Gateway.Tokens;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Tokens;

public sealed class PemKeysTests
{
    // RFC 8410, section 10.1.
    private const string Ed25519Pem = """
        -----BEGIN PUBLIC KEY-----
        MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
        -----END PUBLIC KEY-----
        """;

    // A certificate over itself, made with OpenSSL for this test, and its key.
    private const string Ed25519Certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBQjCB9aADAgECAhQ2Wb3PreSxRWawX9UrUugk8K9L8jAFBgMrZXAwFjEUMBIG
        A1UEAwwLaXNzdWVyLnRlc3QwIBcNMjYxMTIyMTQwMTM0WhgPMjEyNjEwMjkxNDAx
        MzRaMBYxFDASBgNVBAMMC2lzc3Vlci50ZXN0MCowBQYDK2VwAyEAAw6FckaS0fJn
        l7DWfOkuCZUBodOdVC/6eB4xOmrzN5qjUzBRMB0GA1UdDgQWBBS7LXpoEReBI2ZT
        gYXkWWlBHhzuBjAfBgNVHSMEGDAWgBS7LXpoEReBI2ZTgYXkWWlBHhzuBjAPBgNV
        HRMBAf8EBTADAQH/MAUGAytlcANBACVZMkESJ4IJHtuDAdNOP6iplHiLf29XBgRc
        /RQfoqp3p/KugprWaU9quYkDFJOvj4fy84o+SM6xxuIgJPVEiQU=
        -----END CERTIFICATE-----
        """;

    private const string Ed25519CertificateKey = "030e85724692d1f26797b0d67ce92e099501a1d39d542ffa781e313a6af3379a";

    private static readonly TestKey Ec = TestKey.New("ES384");
    private static readonly TestKey Rsa = TestKey.New("RS256");

    [Fact]
    public void Public_keys_of_every_family_are_read_and_verify()
    {
        foreach (var (pem, key) in new[]
        {
            (Ec.Ecdsa.ExportSubjectPublicKeyInfoPem(), Ec),
            (Rsa.Rsa.ExportSubjectPublicKeyInfoPem(), Rsa),
            (Rsa.Rsa.ExportRSAPublicKeyPem(), Rsa),
            (Certificate(Ec), Ec),
            (Certificate(Rsa), Rsa),
        })
        {
            var jwk = Assert.Single(Read(pem));
            Assert.Null(jwk.KeyId);
            Assert.Null(jwk.Algorithm);
            Assert.Null(JwsCheck.Check(key.Sign($$"""{"alg":"{{key.Algorithm}}","kid":"any"}""", "{}"), JwkSet.Of(jwk), Algorithm.All));
            Assert.Equal(Assert.Single(TestSet.Of(key.PublicJwk()).Keys).Thumbprint, jwk.Thumbprint);
        }
    }

    [Fact]
    public void Ed25519_keys_and_certificates_are_read()
    {
        Assert.Equal(("Ed25519", KeyType.Okp), (Assert.Single(Read(Ed25519Pem)).Curve, Assert.Single(Read(Ed25519Pem)).KeyType));
        Assert.Equal(Jwk.FromEd25519(Convert.FromHexString(Ed25519CertificateKey)).Thumbprint, Assert.Single(Read(Ed25519Certificate)).Thumbprint);
    }

    [Fact]
    public void Several_keys_in_one_file_are_all_read_with_text_between()
    {
        var keys = Read($"# first\n{Ed25519Pem}\n\nsecond:\r\n{Ec.Ecdsa.ExportSubjectPublicKeyInfoPem()}\n{Ed25519Certificate}\n# end\n");
        Assert.Equal([KeyType.Okp, KeyType.Ec, KeyType.Okp], keys.Select(k => k.KeyType));
    }

    [Fact]
    public void Private_key_anywhere_in_the_file_refuses_all_of_it()
    {
        var sound = Ec.Ecdsa.ExportSubjectPublicKeyInfoPem();
        Assert.Single(Read(sound));
        foreach (var secret in new[]
        {
            Ec.Ecdsa.ExportPkcs8PrivateKeyPem(), Ec.Ecdsa.ExportECPrivateKeyPem(), Rsa.Rsa.ExportRSAPrivateKeyPem(), Rsa.Rsa.ExportPkcs8PrivateKeyPem(),
            Ec.Ecdsa.ExportEncryptedPkcs8PrivateKeyPem("password", new PbeParameters(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 1)),
        })
        {
            Assert.Contains("private key", Problem($"{sound}\n{secret}"), StringComparison.Ordinal);
            Assert.Contains("private key", Problem($"{secret}\n{sound}"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Weak_or_unusable_keys_are_named_by_their_place()
    {
        using var weak = RSA.Create(1024);
        Assert.Contains("shorter than 2048", Problem(weak.ExportSubjectPublicKeyInfoPem()), StringComparison.Ordinal);
        Assert.StartsWith("Key 2 ", Problem($"{Ed25519Pem}\n{weak.ExportRSAPublicKeyPem()}"), StringComparison.Ordinal);
        using var exotic = ECDsa.Create(ECCurve.CreateFromFriendlyName("secp256k1"));
        Assert.Contains("curve", Problem(exotic.ExportSubjectPublicKeyInfoPem()), StringComparison.Ordinal);
        Assert.Contains("neither", Problem(PemEncoding.WriteString("EC PARAMETERS", [5, 0])), StringComparison.Ordinal);
        var order1 = new byte[] { 0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0, 1 };
        Assert.Contains("small order", Problem(PemEncoding.WriteString("PUBLIC KEY", [.. order1, .. new byte[31]])), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no key here")]
    [InlineData("-----BEGIN PUBLIC KEY-----")]
    [InlineData("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END CERTIFICATE-----")]
    [InlineData("-----BEGIN PUBLIC KEY-----\n****\n-----END PUBLIC KEY-----")]
    [InlineData("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----")]
    [InlineData("-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----")]
    [InlineData("-----BEGIN RSA PUBLIC KEY-----\nMAA=\n-----END RSA PUBLIC KEY-----")]
    [InlineData("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----")]
    public void Broken_file_is_a_problem_also_after_a_sound_key(string pem)
    {
        Assert.NotNull(Problem(pem));
        if (pem.Contains("BEGIN", StringComparison.Ordinal))
            Assert.NotNull(Problem($"{Ed25519Pem}\n{pem}"));
    }

    [Fact]
    public void Damaged_files_are_problems_and_never_exceptions()
    {
        var random = new Random(7468);
        var pem = $"{Ed25519Pem}\n{Ec.Ecdsa.ExportSubjectPublicKeyInfoPem()}\n{Ed25519Certificate}\n{Rsa.Rsa.ExportRSAPublicKeyPem()}";
        for (var round = 0; round < 600; round++)
        {
            var damaged = round % 2 == 0 ? Mutation.OfText(random, pem) : Encoding.Latin1.GetString(Mutation.OfBytes(random, Encoding.ASCII.GetBytes(pem)));
            Assert.Equal(Jwk.TryReadPem(damaged, out var keys, out var problem), problem is null);
            Assert.Equal(problem is null, keys.Count > 0);
        }
    }

    private static IReadOnlyList<Jwk> Read(string pem)
    {
        Assert.True(Jwk.TryReadPem(pem, out var keys, out var problem), problem);
        return keys;
    }

    private static string Problem(string pem)
    {
        Assert.False(Jwk.TryReadPem(pem, out var keys, out var problem));
        Assert.Empty(keys);
        return problem!;
    }

    private static string Certificate(TestKey key)
    {
        var request = key.Algorithm.StartsWith('E')
            ? new CertificateRequest("CN=issuer.test", key.Ecdsa, HashAlgorithmName.SHA256)
            : new CertificateRequest("CN=issuer.test", key.Rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(1));
        return certificate.ExportCertificatePem();
    }
}
