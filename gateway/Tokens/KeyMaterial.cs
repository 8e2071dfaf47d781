using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;

namespace Sallyport.Gateway.Tokens;

/// <summary>
/// What a key is made of, checked when it is created, ready to verify from any number of threads. A kind of key per
/// subclass; the <see cref="Jwk"/> around it adds the name and the algorithm.
/// </summary>
internal abstract class KeyMaterial(KeyType keyType, string? curve)
{
    private string? _thumbprint;

    public KeyType KeyType => keyType;

    public string? Curve => curve;

    /// <summary>RFC 7638, section 3: SHA-256, base64url.</summary>
    public string Thumbprint => _thumbprint ??= ComputeThumbprint();

    /// <summary>Whether the signature is this key's over the signing input. Never throws.</summary>
    public abstract bool Verify(Algorithm algorithm, ReadOnlySpan<byte> signingInput, ReadOnlySpan<byte> signature);

    /// <summary>The members that make the key, in the order of their names, as RFC 7638 hashes them.</summary>
    public abstract void WriteMembers(Utf8JsonWriter writer);

    /// <summary>Whether both are one and the same key.</summary>
    public virtual bool IsSameAs(KeyMaterial other) => string.Equals(Thumbprint, other.Thumbprint, StringComparison.Ordinal);

    protected virtual string ComputeThumbprint()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            WriteMembers(writer);
            writer.WriteEndObject();
        }

        return Base64Url.EncodeToString(SHA256.HashData(buffer.WrittenSpan));
    }
}
