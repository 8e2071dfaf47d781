using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Sallyport.LoadTests.Parts;

/// <summary>The public key of a JWK as a PEM file, for programs that read no JWK.</summary>
internal static class PublicPem
{
    /// <summary>Its SubjectPublicKeyInfo, for P-256 and RSA; null for others.</summary>
    public static string? Of(JsonNode jwk)
    {
        switch ((string?)jwk["kty"])
        {
            case "EC":
                using (var ec = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = { X = Bytes("x"), Y = Bytes("y") } })) return ec.ExportSubjectPublicKeyInfoPem();
            case "RSA":
                using (var rsa = RSA.Create(new RSAParameters { Modulus = Bytes("n"), Exponent = Bytes("e") })) return rsa.ExportSubjectPublicKeyInfoPem();
            default:
                return null;
        }

        byte[] Bytes(string member) => Base64Url.DecodeFromChars((string)jwk[member]!);
    }
}
