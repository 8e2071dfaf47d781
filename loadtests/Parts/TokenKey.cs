using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Sallyport.Gateway.Tokens;

namespace Sallyport.LoadTests.Parts;

/// <summary>A key pair made for one run, for ES256, RS256 (2048 bits) or EdDSA; its kid is the algorithm's name.</summary>
internal sealed class TokenKey : IDisposable
{
    private readonly string _algorithm;
    private readonly ECDsa _ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly RSA _rsa = RSA.Create(2048);
    private readonly byte[] _seed = RandomNumberGenerator.GetBytes(Ed25519.KeyBytes);

    public TokenKey(string algorithm) => _algorithm = algorithm;

    public JsonObject PublicJwk()
    {
        var jwk = new JsonObject { ["kid"] = _algorithm, ["alg"] = _algorithm, ["use"] = "sig" };
        switch (_algorithm)
        {
            case "ES256":
                var point = _ec.ExportParameters(includePrivateParameters: false).Q;
                (jwk["kty"], jwk["crv"], jwk["x"], jwk["y"]) = ("EC", "P-256", Base64Url.EncodeToString(point.X), Base64Url.EncodeToString(point.Y));
                break;
            case "RS256":
                var numbers = _rsa.ExportParameters(includePrivateParameters: false);
                (jwk["kty"], jwk["n"], jwk["e"]) = ("RSA", Base64Url.EncodeToString(numbers.Modulus), Base64Url.EncodeToString(numbers.Exponent));
                break;
            default:
                (jwk["kty"], jwk["crv"], jwk["x"]) = ("OKP", "Ed25519", Base64Url.EncodeToString(Ed25519.GetPublicKey(_seed)));
                break;
        }

        return jwk;
    }

    public string Sign(JsonObject claims)
    {
        var header = new JsonObject { ["alg"] = _algorithm, ["typ"] = "JWT", ["kid"] = _algorithm };
        var signed = $"{Encode(header)}.{Encode(claims)}";
        var data = Encoding.ASCII.GetBytes(signed);
        return $"{signed}.{Base64Url.EncodeToString(_algorithm switch
        {
            "ES256" => _ec.SignData(data, HashAlgorithmName.SHA256),
            "RS256" => _rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            _ => Ed25519.Sign(_seed, data),
        })}";
    }

    public void Dispose()
    {
        _ec.Dispose();
        _rsa.Dispose();
    }

    private static string Encode(JsonObject json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString()));
}
