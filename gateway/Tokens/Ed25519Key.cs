using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;

namespace Sallyport.Gateway.Tokens;

/// <summary>An Ed25519 public key (RFC 8037, section 2).</summary>
internal sealed class Ed25519Key : KeyMaterial
{
    /// <summary>The <c>crv</c> value.</summary>
    public const string CurveName = "Ed25519";

    private readonly byte[] _publicKey;
    private readonly EvpKey _handle;

    private Ed25519Key(byte[] publicKey, EvpKey handle)
        : base(KeyType.Okp, CurveName) =>
        (_publicKey, _handle) = (publicKey, handle);

    /// <summary>Checks the point; the problem is a clause about the key.</summary>
    public static Ed25519Key? Create(byte[] publicKey, out string? problem)
    {
        problem = Ed25519.IsSupported
            ? Ed25519Point.Problem(publicKey)
            : "EdDSA needs OpenSSL's libcrypto, which this machine does not have";
        if (problem is not null)
            return null;
        try
        {
            return new Ed25519Key(publicKey, Ed25519.OpenPublicKey(publicKey));
        }
        catch (CryptographicException)
        {
            // A libcrypto that is confined to FIPS algorithms, for one.
            problem = "the libcrypto of this machine refuses Ed25519";
            return null;
        }
    }

    public override bool Verify(Algorithm algorithm, ReadOnlySpan<byte> signingInput, ReadOnlySpan<byte> signature)
    {
        try
        {
            return Ed25519.Verify(_handle, signingInput, signature);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    public override void WriteMembers(Utf8JsonWriter writer)
    {
        writer.WriteString("crv", CurveName);
        writer.WriteString("kty", "OKP");
        writer.WriteString("x", Base64Url.EncodeToString(_publicKey));
    }
}
