using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Sallyport.Gateway.Tokens;

namespace Sallyport.Tests.Support;

/// <summary>A private key of any algorithm, made for one test: signs tokens and shows its public half.</summary>
internal sealed class TestKey
{
    private readonly string _algorithm;
    private readonly ECDsa? _ecdsa;
    private readonly RSA? _rsa;
    private readonly byte[] _secret = [];

    private TestKey(string algorithm)
    {
        _algorithm = algorithm;
        switch (algorithm[..2])
        {
            case "ES":
                _ecdsa = ECDsa.Create(algorithm switch
                {
                    "ES256" => ECCurve.NamedCurves.nistP256,
                    "ES384" => ECCurve.NamedCurves.nistP384,
                    _ => ECCurve.NamedCurves.nistP521,
                });
                break;
            case "RS" or "PS":
                _rsa = RSA.Create(2048);
                break;
            default:
                _secret = RandomNumberGenerator.GetBytes(32);
                break;
        }
    }

    /// <summary>The algorithm that it signs with, unless a header says otherwise.</summary>
    public string Algorithm => _algorithm;

    /// <summary>The secret of an HS256 key, or the seed of an EdDSA key.</summary>
    public ReadOnlySpan<byte> Secret => _secret;

    public ECDsa Ecdsa => _ecdsa ?? throw new InvalidOperationException("Not an EC key.");

    public RSA Rsa => _rsa ?? throw new InvalidOperationException("Not an RSA key.");

    /// <summary>A fresh key for ES256/384/512, RS256/384/512, PS256/384/512, EdDSA or HS256.</summary>
    public static TestKey New(string algorithm) => new(algorithm);

    /// <summary>The raw JWS signature over the data, by this key's algorithm or another one of its family.</summary>
    public byte[] Sign(ReadOnlySpan<byte> data, string? algorithm = null)
    {
        algorithm ??= _algorithm;
        var hash = algorithm[2..] switch
        {
            "384" => HashAlgorithmName.SHA384,
            "512" => HashAlgorithmName.SHA512,
            _ => HashAlgorithmName.SHA256,
        };
        if (_ecdsa is not null)
            return _ecdsa.SignData(data, hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        if (_rsa is not null)
            return _rsa.SignData(data, hash, algorithm[0] == 'P' ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1);
        return _algorithm == "EdDSA" ? Ed25519.Sign(_secret, data) : HMACSHA256.HashData(_secret, data);
    }

    /// <summary>A compact JWS of exactly this header and payload.</summary>
    public string Sign(string headerJson, string payloadJson, string? algorithm = null)
    {
        var input = TokenForge.Encode(headerJson) + "." + TokenForge.Encode(payloadJson);
        return input + "." + Base64Url.EncodeToString(Sign(Encoding.ASCII.GetBytes(input), algorithm));
    }

    /// <summary>The public half as a JWK; each of the optional members only when given.</summary>
    public JsonObject PublicJwk(string? kid = null, string? alg = null, string? use = null)
    {
        var jwk = new JsonObject();
        if (_ecdsa is not null)
        {
            var point = _ecdsa.ExportParameters(includePrivateParameters: false).Q;
            jwk["kty"] = "EC";
            jwk["crv"] = _ecdsa.KeySize switch { 256 => "P-256", 384 => "P-384", _ => "P-521" };
            jwk["x"] = Base64Url.EncodeToString(point.X);
            jwk["y"] = Base64Url.EncodeToString(point.Y);
        }
        else if (_rsa is not null)
        {
            var numbers = _rsa.ExportParameters(includePrivateParameters: false);
            jwk["kty"] = "RSA";
            jwk["n"] = Base64Url.EncodeToString(numbers.Modulus);
            jwk["e"] = Base64Url.EncodeToString(numbers.Exponent);
        }
        else if (_algorithm == "EdDSA")
        {
            jwk["kty"] = "OKP";
            jwk["crv"] = "Ed25519";
            jwk["x"] = Base64Url.EncodeToString(Ed25519.GetPublicKey(_secret));
        }
        else
        {
            throw new InvalidOperationException("A secret has no public half.");
        }

        if (kid is not null)
            jwk["kid"] = kid;
        if (alg is not null)
            jwk["alg"] = alg;
        if (use is not null)
            jwk["use"] = use;
        return jwk;
    }
}
