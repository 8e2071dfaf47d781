using System.Buffers.Text;
using System.Diagnostics;
using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Sallyport.Tests.Foreign;

/// <summary>The command line of OpenSSL, which knows nothing of tokens: a public key, some bytes, a signature.</summary>
internal static class OpenSsl
{
    /// <summary>Whether <c>openssl pkeyutl -verify</c> says that the signature of the token is by this key.</summary>
    public static async Task<bool> Verifies(string token, JsonObject jwk)
    {
        var folder = Directory.CreateTempSubdirectory("sallyport-openssl-");
        try
        {
            string At(string name) => Path.Combine(folder.FullName, name);
            var parts = token.Split('.');
            var signature = Base64Url.DecodeFromChars(parts[2]);
            await File.WriteAllTextAsync(At("key.pem"), Pem(jwk));
            await File.WriteAllTextAsync(At("input"), $"{parts[0]}.{parts[1]}");
            await File.WriteAllBytesAsync(At("signature"), (string?)jwk["kty"] == "EC" ? Der(signature) : signature);
            string[] digest = (string?)jwk["kty"] == "OKP" ? [] : ["-digest", "sha256"];
            var (code, said) = await Run(["pkeyutl", "-verify", "-pubin", "-inkey", At("key.pem"), "-rawin", .. digest, "-in", At("input"), "-sigfile", At("signature")]);
            Assert.True(code == 0 == said.Contains("Verified Successfully", StringComparison.Ordinal), said);
            if (code != 0) Assert.Contains("Verification Failure", said, StringComparison.Ordinal);
            return code == 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Whether <c>openssl pkeyutl -verify</c> says that the signature of a JWS, ES256, is by the key of the first certificate in its <c>x5c</c>.</summary>
    public static Task<bool> VerifiesByItsCertificate(string jws) => InFolder(async at =>
    {
        var parts = jws.Split('.');
        await File.WriteAllTextAsync(at("leaf.pem"), PemEncoding.WriteString("CERTIFICATE", Chain(jws)[0]));
        await File.WriteAllTextAsync(at("input"), $"{parts[0]}.{parts[1]}");
        await File.WriteAllBytesAsync(at("signature"), Der(Base64Url.DecodeFromChars(parts[2])));
        var (code, said) = await Run(["pkeyutl", "-verify", "-certin", "-inkey", at("leaf.pem"), "-rawin", "-digest", "sha256", "-in", at("input"), "-sigfile", at("signature")]);
        Assert.True(code == 0 == said.Contains("Verified Successfully", StringComparison.Ordinal), said);
        return code == 0;
    });

    /// <summary>Whether <c>openssl verify</c> says that the <c>x5c</c> of a JWS leads to this authority.</summary>
    public static Task<bool> LeadsTo(string jws, byte[] authority) => InFolder(async at =>
    {
        var chain = Chain(jws);
        await File.WriteAllTextAsync(at("root.pem"), PemEncoding.WriteString("CERTIFICATE", authority) + "\n");
        await File.WriteAllTextAsync(at("leaf.pem"), PemEncoding.WriteString("CERTIFICATE", chain[0]) + "\n");
        await File.WriteAllTextAsync(at("between.pem"), string.Concat(chain.Skip(1).Select(der => PemEncoding.WriteString("CERTIFICATE", der) + "\n")));
        string[] between = chain.Count > 1 ? ["-untrusted", at("between.pem")] : [];
        var (code, said) = await Run(["verify", "-no-CApath", "-no-CAstore", "-CAfile", at("root.pem"), .. between, at("leaf.pem")]);
        Assert.True(code == 0 == said.TrimEnd().EndsWith(": OK", StringComparison.Ordinal), said);
        return code == 0;
    });

    private static List<byte[]> Chain(string jws) =>
        [.. JsonNode.Parse(Base64Url.DecodeFromChars(jws.Split('.')[0]))!["x5c"]!.AsArray().Select(certificate => Convert.FromBase64String((string)certificate!))];

    private static async Task<bool> InFolder(Func<Func<string, string>, Task<bool>> work)
    {
        var folder = Directory.CreateTempSubdirectory("sallyport-openssl-");
        try
        {
            return await work(name => Path.Combine(folder.FullName, name));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<(int Code, string Said)> Run(string[] arguments)
    {
        var start = new ProcessStartInfo("openssl", arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }

    private static string Pem(JsonObject jwk)
    {
        byte[] Member(string name) => Base64Url.DecodeFromChars((string)jwk[name]!);
        switch ((string?)jwk["kty"])
        {
            case "EC":
                using (var ecdsa = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = Member("x"), Y = Member("y") } }))
                    return ecdsa.ExportSubjectPublicKeyInfoPem();
            case "RSA":
                using (var rsa = RSA.Create(new RSAParameters { Modulus = Member("n"), Exponent = Member("e") }))
                    return rsa.ExportSubjectPublicKeyInfoPem();
            default:
                // RFC 8410 section 4: a SubjectPublicKeyInfo of id-Ed25519 is these twelve bytes and the key.
                return PemEncoding.WriteString("PUBLIC KEY", [.. Convert.FromHexString("302a300506032b6570032100"), .. Member("x")]);
        }
    }

    // RFC 3279 section 2.2.3, of the two numbers that JWS puts side by side (RFC 7518 section 3.4).
    private static byte[] Der(byte[] signature)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(new BigInteger(signature.AsSpan(0, signature.Length / 2), isUnsigned: true, isBigEndian: true));
            writer.WriteInteger(new BigInteger(signature.AsSpan(signature.Length / 2), isUnsigned: true, isBigEndian: true));
        }

        return writer.Encode();
    }
}
