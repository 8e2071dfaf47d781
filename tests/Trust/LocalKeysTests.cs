using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Sallyport.Gateway.Telemetry;
using Sallyport.Gateway.Trust;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Trust;

public sealed class LocalKeysTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sallyport-keys-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task An_inline_set_serves_without_a_fetch()
    {
        var (key, other) = (TestKey.New("ES256"), TestKey.New("EdDSA"));
        await using var issuer = await IssuerServer.StartAsync(TestKey.New("ES256").PublicJwk("k1"));
        await using var door = await Open(issuer, new() { ["Inline"] = TokenForge.Set(key.PublicJwk("k1", "ES256", "sig"), other.PublicJwk("k2")) });
        await door.Accepts(door.Token(issuer, key, "k1"));
        await door.Accepts(door.Token(issuer, other, "k2"));
        await door.Refuses(door.Token(issuer, other, "k3"), "kid_unknown");
        await door.Refuses(door.Token(issuer, TestKey.New("ES256"), "k1"), "signature_invalid");
        Assert.Equal((0, 0), (issuer.JwksHits, issuer.DiscoveryHits));
    }

    [Fact]
    public async Task Pem_files_hold_public_keys_and_certificates_one_or_several()
    {
        var (key, certified, third) = (TestKey.New("ES256"), TestKey.New("RS256"), TestKey.New("ES256"));
        var one = Write("one.pem", key.Ecdsa.ExportSubjectPublicKeyInfoPem());
        var two = Write("two.pem", Certificates.Of(certified).ExportCertificatePem() + "\n" + third.Ecdsa.ExportSubjectPublicKeyInfoPem() + "\n");
        await using var issuer = await IssuerServer.StartAsync();

        await using (var door = await Open(issuer, new() { ["PemFile"] = one }))
        {
            await door.Accepts(door.Token(issuer, key, kid: null));
            await door.Accepts(door.Token(issuer, key, "whatever the issuer calls it"));
            await door.Refuses(door.Token(issuer, third, kid: null), "signature_invalid");
        }

        await using (var door = await Open(issuer, new() { ["PemFile"] = new JsonArray(one, two) }))
        {
            Assert.Equal(3, door.KeysOf(issuer).Current!.Keys.Keys.Count);
            await door.Accepts(door.Token(issuer, certified, kid: null));
            // Two keys fit, and the header does not say which.
            await door.Refuses(door.Token(issuer, key, kid: null), "kid_missing");
        }
    }

    [Fact]
    public async Task A_secret_from_a_file_or_the_environment_verifies_hs256_and_no_set_of_public_keys_does()
    {
        var key = TestKey.New("HS256");
        var text = Convert.ToHexString(key.Secret);
        var file = Write("secret", text + "\n");
        var variable = "SALLYPORT_TEST_" + Guid.NewGuid().ToString("N");
        Environment.SetEnvironmentVariable(variable, text);
        await using var issuer = await IssuerServer.StartAsync(TestKey.New("ES256").PublicJwk("k1"));
        try
        {
            foreach (var place in new JsonObject[] { new() { ["File"] = file }, new() { ["Environment"] = variable } })
            {
                await using var door = await Open(issuer, new() { ["Secret"] = place }, corp => corp.Remove("Algorithms"));
                await door.Accepts(Signed(door, issuer, text));
                await door.Refuses(Signed(door, issuer, text + "x"), "signature_invalid");
                Assert.DoesNotContain(text, door.Gateway.Logs.Everything);
            }

            await using var remote = await Doorway.OpenAsync(issuer);
            await remote.Warm(issuer);
            await remote.Refuses(Signed(remote, issuer, text), "algorithm_not_allowed");
        }
        finally
        {
            Environment.SetEnvironmentVariable(variable, null);
        }
    }

    [Fact]
    public void Keys_that_cannot_be_opened_are_a_problem_told_without_the_material()
    {
        var secret = Convert.ToHexString(RandomNumberGenerator.GetBytes(15)) + "!";
        Assert.Contains("31 bytes", Problem(new() { Kind = KeySourceKind.Secret, Secret = new(Write("short", secret + "\n"), null) }));
        Assert.DoesNotContain(secret, Problem(new() { Kind = KeySourceKind.Secret, Secret = new(Write("short", secret), null) }));
        Assert.Null(ProblemOrNone(new() { Kind = KeySourceKind.Secret, Secret = new(Write("enough", secret + "!\r\n"), null) }));
        Assert.Contains("cannot be read", Problem(new() { Kind = KeySourceKind.Secret, Secret = new(Path.Combine(_folder.FullName, "missing"), null) }));
        Assert.Contains("is not set", Problem(new() { Kind = KeySourceKind.Secret, Secret = new(null, "SALLYPORT_TEST_NOT_SET") }));

        var pem = Write("private.pem", TestKey.New("ES256").Ecdsa.ExportPkcs8PrivateKeyPem());
        Assert.StartsWith(pem, Problem(new() { Kind = KeySourceKind.PemFile, PemFiles = [pem] }));
        Problem(new() { Kind = KeySourceKind.PemFile, PemFiles = [Write("text.pem", "no key here")] });

        var enc = TestKey.New("ES256").PublicJwk("enc", use: "enc");
        Assert.Contains("enc", Problem(new() { Kind = KeySourceKind.Inline, Inline = TokenForge.Set(enc, KeyCache.Key("good")).ToJsonString() }));
        Problem(new() { Kind = KeySourceKind.Inline, Inline = """{"keys":[]}""" });
        Assert.Null(ProblemOrNone(new() { Kind = KeySourceKind.Inline, Inline = TokenForge.Set(KeyCache.Key("good")).ToJsonString() }));
    }

    [Fact]
    public async Task A_reading_of_the_same_issuer_keeps_its_cache_and_a_changed_one_does_not()
    {
        await using var issuer = await IssuerServer.StartAsync();
        using var factory = Factory();
        var options = KeyCache.OptionsOf(issuer, new() { Kind = KeySourceKind.JwksUri, JwksUri = new Uri(issuer.JwksUri) });
        var first = factory.Create(options, null, out _)!;
        Assert.Same(first.Keys, factory.Create(options with { Audiences = ["other"], ClockSkew = TimeSpan.Zero }, first, out _)!.Keys);
        Assert.NotSame(first.Keys, factory.Create(options with { Algorithms = ["ES384"] }, first, out _)!.Keys);
        Assert.NotSame(first.Keys, factory.Create(options with { Issuer = "https://another.example" }, first, out _)!.Keys);
        Assert.NotSame(first.Keys, factory.Create(options with { Keys = options.Keys with { MaxKeys = 3 } }, first, out _)!.Keys);
    }

    private static Task<Doorway> Open(IssuerServer issuer, JsonObject keys, Action<JsonObject>? edit = null) => Doorway.OpenAsync(issuer, corp =>
    {
        corp["Keys"] = keys;
        edit?.Invoke(corp);
    });

    private static string Signed(Doorway door, IssuerServer issuer, string secret)
    {
        var input = TokenForge.Encode("""{"alg":"HS256","typ":"JWT"}""") + "." + TokenForge.Encode(door.Claims(issuer.Issuer).ToJsonString());
        var signature = HMACSHA256.HashData(System.Text.Encoding.UTF8.GetBytes(secret), System.Text.Encoding.ASCII.GetBytes(input));
        return input + "." + System.Buffers.Text.Base64Url.EncodeToString(signature);
    }

    private static TrustedIssuerFactory Factory() => new(new KeyDownload(isInsecureAllowed: true), TimeProvider.System, new GatewayMetrics(), NullLoggerFactory.Instance);

    private static string Problem(KeySourceOptions keys)
    {
        var problem = ProblemOrNone(keys);
        Assert.NotNull(problem);
        return problem;
    }

    private static string? ProblemOrNone(KeySourceOptions keys)
    {
        using var factory = Factory();
        var issuer = factory.Create(new() { Name = "corp", Issuer = "corp", Audiences = ["api"], Algorithms = ["HS256", "ES256"], Keys = keys }, null, out var problem);
        Assert.Equal(problem is null, issuer is not null);
        return problem;
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }
}
