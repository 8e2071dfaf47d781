using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Sallyport.Gateway.Cli;

/// <summary>One part of a token, decoded with more patience than the gateway has.</summary>
/// <param name="Json">Its JSON; null when it is none.</param>
/// <param name="Text">Its text when it is not JSON; null when it is not even base64.</param>
internal sealed record InspectedPart(JsonElement? Json, string? Text)
{
    private const long LastSecond = 253_402_300_799;

    public static InspectedPart Of(string part)
    {
        // RFC 4648 section 4 and padding: malformed in a token, but what was meant is plain.
        var text = part.Replace('+', '-').Replace('/', '_').TrimEnd('=');
        byte[] decoded;
        try
        {
            decoded = Base64Url.DecodeFromChars(text);
        }
        catch (FormatException)
        {
            return new(null, null);
        }

        try
        {
            return new(JsonElement.Parse(decoded), null);
        }
        catch (JsonException)
        {
            return new(null, Encoding.UTF8.GetString(decoded));
        }
    }

    /// <summary>The moment that exp, nbf or iat says; null for other members, and for values that are no time.</summary>
    public static DateTimeOffset? TimeOf(JsonProperty member)
    {
        if (NameOf(member) is not ("exp" or "nbf" or "iat") || member.Value.ValueKind != JsonValueKind.Number) return null;
        return member.Value.TryGetDouble(out var seconds) && seconds is >= 0 and <= LastSecond
            ? DateTimeOffset.FromUnixTimeSeconds((long)seconds)
            : null;
    }

    public static void WriteMember(Utf8JsonWriter writer, JsonProperty member)
    {
        writer.WriteStartObject();
        writer.WritePropertyName(NameOf(member));
        WriteValue(writer, member.Value);
        writer.WriteEndObject();
    }

    /// <summary>Writes the value; text that is no valid Unicode is replaced by what can be shown.</summary>
    public static void WriteValue(Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in value.EnumerateObject())
                {
                    writer.WritePropertyName(NameOf(member));
                    WriteValue(writer, member.Value);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray()) WriteValue(writer, item);
                writer.WriteEndArray();
                break;
            case JsonValueKind.String:
                writer.WriteStringValue(TextOf(value));
                break;
            default:
                writer.WriteRawValue(value.GetRawText(), skipInputValidation: true);
                break;
        }
    }

    private static string TextOf(JsonElement value)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // A lone surrogate: the escape itself is shown.
            return value.GetRawText().Trim('"');
        }
    }

    private static string NameOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            return "(a name that is no valid text)";
        }
    }
}
