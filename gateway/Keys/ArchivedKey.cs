using System.Buffers;
using System.Text.Json;
using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Keys;

/// <summary>A public key of ours as the archive keeps it: whose it was, what for, and from when to when it was to be used.</summary>
/// <param name="Public">With its thumbprint as kid.</param>
/// <param name="NotAfter">As planned when the key was first seen.</param>
internal sealed record ArchivedKey(string Issuer, string Purpose, Jwk Public, DateTimeOffset PreparedAt, DateTimeOffset NotAfter)
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 4, AllowDuplicateProperties = false };

    /// <summary>The <c>kid</c> of what it signs: its thumbprint, or that with a SPIFFE ID before it.</summary>
    public string KeyId { get; private init; } = Public.KeyId!;

    public static ArchivedKey Of(string issuer, RingKey key) =>
        new(issuer, KeySealing.TokenSigning, new Jwk(key.Public.Material, key.Public.Thumbprint, key.Algorithm), key.PreparedAt, key.NotAfter) { KeyId = key.KeyId };

    public byte[] ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("issuer", Issuer);
            writer.WriteString("purpose", Purpose);
            writer.WriteNumber("preparedAt", PreparedAt.ToUnixTimeMilliseconds());
            writer.WriteNumber("notAfter", NotAfter.ToUnixTimeMilliseconds());
            if (KeyId != Public.KeyId) writer.WriteString("kid", KeyId);
            writer.WritePropertyName("jwk");
            Public.WriteTo(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <param name="json">The file.</param>
    /// <param name="keyId">The thumbprint, which the file is named by.</param>
    /// <returns>Null for anything but an archived key of that very name.</returns>
    public static ArchivedKey? Read(ReadOnlySpan<byte> json, string keyId)
    {
        try
        {
            var root = JsonElement.Parse(json, Strict);
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("jwk", out var jwk) || JwkReader.Read(jwk, out _, out _) is not { } key) return null;
            if (key.KeyId != keyId || key.Thumbprint != keyId || key.Algorithm is not { IsSymmetric: false }) return null;
            var name = root.TryGetProperty("kid", out var full) ? full.GetString()! : keyId;
            if (!KeyName.IsOf(name, keyId)) return null;
            return root.TryGetProperty("issuer", out var issuer) && issuer.ValueKind == JsonValueKind.String
                && root.TryGetProperty("purpose", out var purpose) && purpose.ValueKind == JsonValueKind.String
                && TryTime(root, "preparedAt", out var preparedAt) && TryTime(root, "notAfter", out var notAfter)
                ? new ArchivedKey(issuer.GetString()!, purpose.GetString()!, key, preparedAt, notAfter) { KeyId = name }
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static bool TryTime(JsonElement root, string name, out DateTimeOffset time)
    {
        time = default;
        if (!root.TryGetProperty(name, out var value) || value.ValueKind != JsonValueKind.Number || !value.TryGetInt64(out var milliseconds) || milliseconds is < 0 or > 7_258_118_400_000) return false;
        time = DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
        return true;
    }
}
