using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Sallyport.Gateway.Keys;

namespace Sallyport.Tests.Attestation;

/// <summary>An attestation, verified by the <c>openssl</c> program alone, as docs/attestations.md tells it.</summary>
public sealed class OpenSslTests : IDisposable
{
    private readonly AttestationKit _kit = new();

    public void Dispose() => _kit.Dispose();

    [Theory]
    [InlineData("ES256", "dgst", "-sha256")]
    [InlineData("ES384", "dgst", "-sha384")]
    [InlineData("RS256", "dgst", "-sha256")]
    [InlineData("PS256", "dgst", "-sha256", "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest")]
    [InlineData("EdDSA", "pkeyutl")]
    public async Task Openssl_verifies_what_we_attest(string algorithm, string verb, params string[] options)
    {
        using var key = _kit.Key(algorithm);
        var envelope = JsonNode.Parse((await AttestationKit.AttestAsync(key)).ToJson())!;
        var payload = Convert.FromBase64String((string)envelope["payload"]!);
        var type = (string)envelope["payloadType"]!;
        await File.WriteAllTextAsync(At("key.pem"), Pem(key));
        await File.WriteAllBytesAsync(At("signature"), Convert.FromBase64String((string)envelope["signatures"]![0]!["sig"]!));

        // Written here by hand, not by what is under test.
        await File.WriteAllBytesAsync(At("signed"), [.. Encoding.UTF8.GetBytes($"DSSEv1 {type.Length} {type} {payload.Length} "), .. payload]);
        Assert.Equal(0, await Run());
        await File.AppendAllTextAsync(At("signed"), " ");
        Assert.NotEqual(0, await Run());

        async Task<int> Run()
        {
            string[] arguments = verb == "dgst"
                ? ["dgst", .. options, "-verify", At("key.pem"), "-signature", At("signature"), At("signed")]
                : ["pkeyutl", "-verify", "-pubin", "-inkey", At("key.pem"), "-rawin", "-in", At("signed"), "-sigfile", At("signature")];
            using var process = Process.Start(new ProcessStartInfo("openssl", arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync();
            Assert.DoesNotContain("unable to", await output + await errors, StringComparison.OrdinalIgnoreCase);
            return process.ExitCode;
        }
    }

    private string At(string name) => Path.Combine(_kit.Folder, name);

    private static string Pem(SigningKey key)
    {
        if (key.Algorithm.Name == "EdDSA")
        {
            // RFC 8410 section 4: a SubjectPublicKeyInfo of id-Ed25519 is these twelve bytes and the key.
            var x = System.Buffers.Text.Base64Url.DecodeFromChars((string)JsonNode.Parse(Jwk(key))!["x"]!);
            return PemEncoding.WriteString("PUBLIC KEY", [.. Convert.FromHexString("302a300506032b6570032100"), .. x]);
        }

        using AsymmetricAlgorithm opened = key.Algorithm.Padding is null ? ECDsa.Create() : RSA.Create();
        opened.ImportPkcs8PrivateKey(key.Export(), out _);
        return opened.ExportSubjectPublicKeyInfoPem();
    }

    private static string Jwk(SigningKey key)
    {
        using var stream = new MemoryStream();
        using (var writer = new System.Text.Json.Utf8JsonWriter(stream)) key.Public.WriteTo(writer);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
