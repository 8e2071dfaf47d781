using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using Sallyport.Gateway.Redis;
using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Keys;

/// <summary>The ring as bytes: <c>v1.MAC.JSON</c>, the MAC over all but itself.</summary>
/// <remarks>
/// Every gateway trusts the public keys in it, so it is authenticated as a whole, with a key that is derived of the key-encryption keys
/// and the issuer: what somebody else put into the store, or what is another issuer's, is never a ring.
/// </remarks>
internal sealed class RingDocument(KeyEncryptionKeys keys, string issuer)
{
    /// <summary>The longest document.</summary>
    public const int MaxBytes = 2 * 1024 * 1024;

    private static readonly int MacChars = Base64Url.GetEncodedLength(MacKeys.MacBytes);

    private readonly MacKeys _mac = new(keys.Derive("sallyport key ring", issuer));

    private static ReadOnlySpan<byte> Head => "v1."u8;

    public byte[] Write(KeyRing ring)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json)) WriteTo(writer, ring);
        Span<byte> mac = stackalloc byte[MacKeys.MacBytes];
        _mac.Sign([.. Head, .. json.WrittenSpan], mac);
        return [.. Head, .. Encoding.ASCII.GetBytes(Base64Url.EncodeToString(mac)), (byte)'.', .. json.WrittenSpan];
    }

    /// <summary>Reads what a holder of one of the keys wrote; false with a clause that says why not.</summary>
    /// <param name="epoch">What the store says of it.</param>
    public bool TryRead(ReadOnlySpan<byte> document, long epoch, [NotNullWhen(true)] out KeyRing? ring, [NotNullWhen(false)] out string? problem)
    {
        ring = null;
        var start = Head.Length + MacChars + 1;
        if (document.Length > MaxBytes || document.Length <= start || !document.StartsWith(Head) || document[start - 1] != '.'
            || !StrictBase64Url.TryDecode(document[Head.Length..(start - 1)], out var mac) || mac.Length != MacKeys.MacBytes)
        {
            problem = "it is no document of a key ring";
            return false;
        }

        if (!_mac.Verify([.. Head, .. document[start..]], mac))
        {
            problem = "none of the key-encryption keys authenticates it for this issuer";
            return false;
        }

        if (!RingReader.TryRead(document[start..], issuer, out ring, out problem)) return false;
        if (ring.Epoch == epoch) return true;
        ring = null;
        problem = "it has another epoch than the store says";
        return false;
    }

    private static void WriteTo(Utf8JsonWriter writer, KeyRing ring)
    {
        writer.WriteStartObject();
        writer.WriteString("issuer", ring.Issuer);
        writer.WriteNumber("epoch", ring.Epoch);
        writer.WriteStartArray("keys");
        foreach (var key in ring.Keys)
        {
            writer.WriteStartObject();
            writer.WriteString("state", RingReader.NameOf(key.State));
            Time("preparedAt", key.PreparedAt);
            Time("activateAt", key.ActivateAt);
            Time("activatedAt", key.ActivatedAt);
            Time("retiredAt", key.RetiredAt);
            Time("notAfter", key.NotAfter);
            Time("revokedAt", key.RevokedAt);
            if (key.RevokedReason is { } reason) writer.WriteString("revokedReason", reason);
            if (key.IsEmergency) writer.WriteBoolean("emergency", true);
            if (key.IsByOperator) writer.WriteBoolean("byOperator", true);
            writer.WritePropertyName("public");
            key.Public.WriteTo(writer);
            if (key.Endorsement is { } endorsement) writer.WriteString("endorsement", endorsement);
            if (!key.Sealed.IsEmpty) writer.WriteString("sealed", Base64Url.EncodeToString(key.Sealed.Span));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();

        void Time(string name, DateTimeOffset? time)
        {
            if (time is { } at) writer.WriteNumber(name, at.ToUnixTimeMilliseconds());
        }
    }
}
