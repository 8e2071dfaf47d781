using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sallyport.Gateway.Tokens;

/// <summary>
/// Public keys out of a PEM file (RFC 7468): <c>PUBLIC KEY</c>, <c>RSA PUBLIC KEY</c> and <c>CERTIFICATE</c>, as many as it
/// holds. Of a certificate only the key counts; dates and chain are not looked at. A private key in the file is a mistake
/// that is worth a refusal, because it lies where a public one was meant to.
/// </summary>
internal static class PemKeys
{
    // RFC 3279, section 2.3.1 and 2.3.5; RFC 8410, section 3.
    private const string RsaOid = "1.2.840.113549.1.1.1";
    private const string EcOid = "1.2.840.10045.2.1";
    private const string Ed25519Oid = "1.3.101.112";

    /// <summary>All keys of the file, without kid and algorithm; or none, and a sentence.</summary>
    public static bool TryRead(string pem, out IReadOnlyList<Jwk> keys, out string? problem)
    {
        var found = new List<Jwk>();
        problem = Read(pem, found);
        keys = problem is null ? found : [];
        return problem is null;
    }

    private static string? Read(ReadOnlySpan<char> rest, List<Jwk> found)
    {
        while (PemEncoding.TryFind(rest, out var fields))
        {
            // What is no PEM is passed over silently by the search; what only starts like it must not be.
            if (HasBegin(rest[..fields.Location.Start]))
                return Broken(found.Count);
            var label = rest[fields.Label];
            if (label.Contains("PRIVATE KEY", StringComparison.Ordinal))
                return "The file holds a private key; only public keys and certificates belong here.";
            var der = Convert.FromBase64String(rest[fields.Base64Data].ToString());
            var material = ReadBlock(label, der, out var problem);
            if (material is null)
                return $"Key {found.Count + 1} of the file cannot be used: {problem}.";
            found.Add(new Jwk(material, null, null));
            rest = rest[fields.Location.End..];
        }

        if (HasBegin(rest))
            return Broken(found.Count);
        return found.Count == 0 ? "The file holds no PEM block with a public key or certificate." : null;
    }

    private static bool HasBegin(ReadOnlySpan<char> text) => text.Contains("-----BEGIN", StringComparison.Ordinal);

    private static string Broken(int before) => $"The PEM block after the first {before} is broken.";

    private static KeyMaterial? ReadBlock(ReadOnlySpan<char> label, byte[] der, out string? problem)
    {
        try
        {
            switch (label)
            {
                case "PUBLIC KEY":
                    var key = PublicKey.CreateFromSubjectPublicKeyInfo(der, out var read);
                    problem = "data follows the key";
                    return read == der.Length ? ReadKey(key, out problem) : null;
                case "RSA PUBLIC KEY":
                    using (var rsa = RSA.Create())
                    {
                        rsa.ImportRSAPublicKey(der, out read);
                        problem = "data follows the key";
                        return read == der.Length ? ReadRsa(rsa, out problem) : null;
                    }

                case "CERTIFICATE":
                    using (var certificate = X509CertificateLoader.LoadCertificate(der))
                    {
                        return ReadKey(certificate.PublicKey, out problem);
                    }

                default:
                    problem = "the block is neither a public key nor a certificate";
                    return null;
            }
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException)
        {
            problem = "its encoding is broken";
            return null;
        }
    }

    private static KeyMaterial? ReadKey(PublicKey key, out string? problem)
    {
        switch (key.Oid.Value)
        {
            case RsaOid:
                using (var rsa = key.GetRSAPublicKey()!)
                {
                    return ReadRsa(rsa, out problem);
                }

            case EcOid:
                return ReadEc(key, out problem);
            case Ed25519Oid:
                return Ed25519Key.Create(key.EncodedKeyValue.RawData, out problem);
            default:
                problem = "its key type is unknown";
                return null;
        }
    }

    // RFC 5480, section 2: a named curve, and a point as 4, x, y (compressed points are not used by anyone who signs tokens).
    // Read here and not by ECDsa, which throws platform errors for curves that the machine does not have.
    private static EcKey? ReadEc(PublicKey key, out string? problem)
    {
        var curve = key.EncodedParameters is { } named
            ? EllipticCurve.FindByOid(AsnDecoder.ReadObjectIdentifier(named.RawData, AsnEncodingRules.DER, out _))
            : null;
        var point = key.EncodedKeyValue.RawData;
        problem = curve is null ? "its curve is unknown" : "its point is not an uncompressed one of its curve";
        return curve is not null && point.Length == 1 + (2 * curve.CoordinateBytes) && point[0] == 4
            ? EcKey.Create(curve, point[1..(1 + curve.CoordinateBytes)], point[(1 + curve.CoordinateBytes)..], out problem)
            : null;
    }

    private static RsaKey? ReadRsa(RSA rsa, out string? problem)
    {
        var parameters = rsa.ExportParameters(includePrivateParameters: false);
        return RsaKey.Create(parameters.Modulus!, parameters.Exponent!, out problem);
    }
}
