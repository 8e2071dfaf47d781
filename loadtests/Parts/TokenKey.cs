using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Sallyport.Gateway.Tokens;

namespace Sallyport.LoadTests.Parts;

/// <summary>A key pair made for one run, for ES256, RS256 (2048 bits) or EdDSA; its kid is the algorithm's name unless told.</summary>
internal sealed class TokenKey(string algorithm, string? keyId = null) : IDisposable
{
    private readonly Lazy<ECDsa> _ec = new(() => ECDsa.Create(ECCurve.NamedCurves.nistP256));
    private readonly Lazy<RSA> _rsa = new(() => RSA.Create(2048));
    private readonly byte[] _seed = RandomNumberGenerator.GetBytes(Ed25519.KeyBytes);

    public string KeyId { get; } = keyId ?? algorithm;

    public JsonObject PublicJwk()
    {
        var jwk = new JsonObject { ["kid"] = KeyId, ["alg"] = algorithm, ["use"] = "sig" };
        switch (algorithm)
        {
            case "ES256":
                var point = _ec.Value.ExportParameters(includePrivateParameters: false).Q;
                (jwk["kty"], jwk["crv"], jwk["x"], jwk["y"]) = ("EC", "P-256", Base64Url.EncodeToString(point.X), Base64Url.EncodeToString(point.Y));
                break;
            case "RS256":
                var numbers = _rsa.Value.ExportParameters(includePrivateParameters: false);
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
        var header = new JsonObject { ["alg"] = algorithm, ["typ"] = "JWT", ["kid"] = KeyId };
        var signed = $"{Encode(header)}.{Encode(claims)}";
        var data = Encoding.ASCII.GetBytes(signed);
        return $"{signed}.{Base64Url.EncodeToString(algorithm switch
        {
            "ES256" => _ec.Value.SignData(data, HashAlgorithmName.SHA256),
            "RS256" => _rsa.Value.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            _ => Ed25519.Sign(_seed, data),
        })}";
    }

    public void Dispose()
    {
        if (_ec.IsValueCreated) _ec.Value.Dispose();
        if (_rsa.IsValueCreated) _rsa.Value.Dispose();
    }

    private static string Encode(JsonObject json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString()));
}
