using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace Sallyport.Gateway.Audit;

/// <summary>What a checkpoint says: <c>{"iss","trail","count","head","iat"}</c>, in a compact JWS of type <c>audit+jws</c>.</summary>
internal static class CheckpointText
{
    public const string Type = "audit+jws";

    /// <summary>The JSON to be signed.</summary>
    /// <param name="issuer">Our <c>iss</c>; null is left out.</param>
    /// <param name="head">The end of the trail that it vouches for.</param>
    /// <param name="now">Written as <c>iat</c>, in seconds.</param>
    public static byte[] Payload(string? issuer, TrailHead head, DateTimeOffset now)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            if (issuer is not null) writer.WriteString("iss", issuer);
            writer.WriteString("trail", head.Trail);
            writer.WriteNumber("count", head.Count);
            writer.WriteString("head", head.Hash);
            writer.WriteNumber("iat", now.ToUnixTimeSeconds());
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>How many lines it says that it covers. Its signature is not looked at: this is for knowing what to do next, and proves nothing.</summary>
    /// <returns>Null for what is no checkpoint.</returns>
    public static long? CountOf(string jws)
    {
        var parts = jws.Split('.');
        if (parts.Length != 3) return null;
        try
        {
            var payload = JsonElement.Parse(Base64Url.DecodeFromChars(parts[1]));
            return payload.ValueKind == JsonValueKind.Object && payload.TryGetProperty("count", out var count) && count.TryGetInt64(out var number) && number > 0 ? number : null;
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }
}
