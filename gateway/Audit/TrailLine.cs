using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sallyport.Gateway.Audit;

/// <summary>A record in its place: one line of JSON, with its number and the hash of the line before. Nothing is canonicalised: the hash is over the bytes as they lie there.</summary>
/// <param name="Sequence">From 1, without a gap.</param>
/// <param name="Record">What happened.</param>
/// <param name="PreviousHash">SHA-256, base64url, of the line before without its line end; of the first line, <see cref="Origin"/>.</param>
internal sealed record TrailLine(long Sequence, AuditRecord Record, string PreviousHash)
{
    /// <summary>No line is longer, line end left out.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>By how much a line grows at most with its number.</summary>
    public const int MostGrowth = 20;

    /// <summary>What the first line names as the hash before it: that of nothing.</summary>
    public static readonly string Origin = HashOf([]);

    // HTML does not concern it; what could end a line is escaped by every encoder.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 3, AllowDuplicateProperties = false };
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    /// <summary>SHA-256 in base64url, as everywhere in the trail.</summary>
    public static string HashOf(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(SHA256.HashData(bytes));

    /// <summary>The line in UTF-8, without a line end.</summary>
    public byte[] ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, Plain))
        {
            writer.WriteStartObject();
            writer.WriteNumber("seq", Sequence);
            writer.WriteString("time", Record.Time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture));
            writer.WriteString("event", Record.Event);
            Text("actor", Record.Actor);
            Text("kid", Record.KeyId);
            Text("jti", Record.TokenId);
            Text("sha256", Record.Hash);
            Text("sub", Record.Subject);
            if (Record.Audiences.Count > 0)
            {
                writer.WriteStartArray("aud");
                foreach (var audience in Record.Audiences) writer.WriteStringValue(audience);
                writer.WriteEndArray();
            }

            if (Record.Expires is { } expires) writer.WriteNumber("exp", expires.ToUnixTimeSeconds());
            Text("reason", Record.Reason);
            Text("iss", Record.Issuer);
            Text("trail", Record.Trail);
            Text("spiffeId", Record.SpiffeId);
            Text("checkpoint", Record.Checkpoint);
            Text("detail", Record.Detail);
            writer.WriteString("prevHash", PreviousHash);
            writer.WriteEndObject();

            void Text(string name, string? value)
            {
                if (value is not null) writer.WriteString(name, value);
            }
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads a line, without its line end.</summary>
    /// <returns>Null for anything but a line that <see cref="ToJson"/> would write byte for byte so: there is one spelling of everything.</returns>
    public static TrailLine? Read(ReadOnlySpan<byte> line)
    {
        if (line.Length > MaxBytes) return null;
        try
        {
            var read = Read(JsonElement.Parse(line, Strict));
            return read is not null && line.SequenceEqual(read.ToJson()) ? read : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or ArgumentException)
        {
            return null;
        }
    }

    private static TrailLine? Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("seq", out var number) || !number.TryGetInt64(out var sequence) || sequence < 1) return null;
        if (Text(root, "event") is not { } what || Text(root, "prevHash") is not { } before || Text(root, "time") is not { } written) return null;
        if (!DateTimeOffset.TryParseExact(written, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)) return null;
        var record = new AuditRecord
        {
            Event = what,
            Time = time,
            Actor = Text(root, "actor"),
            KeyId = Text(root, "kid"),
            TokenId = Text(root, "jti"),
            Hash = Text(root, "sha256"),
            Subject = Text(root, "sub"),
            Audiences = root.TryGetProperty("aud", out var audiences) ? [.. audiences.EnumerateArray().Select(audience => audience.GetString()!)] : [],
            Expires = root.TryGetProperty("exp", out var expires) ? DateTimeOffset.FromUnixTimeSeconds(expires.GetInt64()) : null,
            Reason = Text(root, "reason"),
            Issuer = Text(root, "iss"),
            Trail = Text(root, "trail"),
            SpiffeId = Text(root, "spiffeId"),
            Checkpoint = Text(root, "checkpoint"),
            Detail = Text(root, "detail"),
        };
        return new TrailLine(sequence, record, before);
    }

    // Of another kind it throws, and so is no line.
    private static string? Text(JsonElement root, string name) => root.TryGetProperty(name, out var value) ? value.GetString() : null;
}
