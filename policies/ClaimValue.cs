using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sallyport.Policies;

/// <summary>
/// The value of one claim (RFC 7519, section 4): a kind and its text, two words in memory, because verified tokens are
/// kept by the thousand.
/// </summary>
public readonly struct ClaimValue : IEquatable<ClaimValue>
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // A string, or a List for an array; null only in a default value.
    private readonly object? _value;

    private ClaimValue(ClaimKind kind, object value) => (Kind, _value) = (kind, value);

    /// <summary>The JSON type.</summary>
    public ClaimKind Kind { get; }

    /// <summary>
    /// The string itself for a string, else compact JSON: digits as the token holds them, no white space, control
    /// characters escaped, other characters as themselves.
    /// </summary>
    public string Text => _value switch
    {
        string text => text,
        List list => list.Text,
        _ => "null",
    };

    /// <summary>
    /// The strings, numbers and booleans in the value, each as its text: one for a scalar, none for null, the JSON text
    /// itself for an object.
    /// </summary>
    public IReadOnlyList<string> Scalars => _value switch
    {
        string text => [text],
        List list => list.Scalars,
        _ => [],
    };

    /// <summary>A string claim.</summary>
    public static ClaimValue Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new ClaimValue(ClaimKind.String, text);
    }

    /// <summary>Takes a value out of a parsed document; nothing of the document is kept.</summary>
    /// <exception cref="InvalidOperationException">A string in the value, at any depth, is no valid Unicode text.</exception>
    public static ClaimValue Of(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => new ClaimValue(ClaimKind.String, element.GetString()!),
        JsonValueKind.Number => new ClaimValue(ClaimKind.Number, TextPool.TextOf(element)),
        JsonValueKind.True => new ClaimValue(ClaimKind.Boolean, "true"),
        JsonValueKind.False => new ClaimValue(ClaimKind.Boolean, "false"),
        JsonValueKind.Array => new ClaimValue(ClaimKind.Array, new List(Write(element), ScalarsOf(element))),
        JsonValueKind.Object => new ClaimValue(ClaimKind.Object, Write(element)),
        _ => default,
    };

    /// <summary>
    /// Whether the claim says <paramref name="expected"/>: a string byte for byte, a number or boolean by its JSON text,
    /// an array by any string, number or boolean in it. Null and objects never match.
    /// </summary>
    public bool Matches(string expected) => Kind switch
    {
        ClaimKind.String or ClaimKind.Number or ClaimKind.Boolean => string.Equals((string)_value!, expected, StringComparison.Ordinal),
        ClaimKind.Array => Array.IndexOf(((List)_value!).Scalars, expected) >= 0,
        _ => false,
    };

    /// <inheritdoc/>
    public bool Equals(ClaimValue other) => Kind == other.Kind && string.Equals(Text, other.Text, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ClaimValue other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, Text);

    /// <summary>Kind only: claims are personal data and do not belong in logs by accident.</summary>
    public override string ToString() => Kind.ToString();

    /// <summary>Same kind and same text.</summary>
    public static bool operator ==(ClaimValue left, ClaimValue right) => left.Equals(right);

    /// <summary>Another kind or another text.</summary>
    public static bool operator !=(ClaimValue left, ClaimValue right) => !left.Equals(right);

    private static string Write(JsonElement element)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Compact))
        {
            WriteValid(writer, element);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    // JsonElement.WriteTo would replace a lone surrogate; GetString refuses it.
    private static void WriteValid(Utf8JsonWriter writer, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in element.EnumerateObject())
                {
                    writer.WritePropertyName(member.Name);
                    WriteValid(writer, member.Value);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                    WriteValid(writer, item);
                writer.WriteEndArray();
                break;
            case JsonValueKind.String:
                writer.WriteStringValue(element.GetString());
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }

    private static string[] ScalarsOf(JsonElement array)
    {
        var scalars = new List<string>(array.GetArrayLength());
        foreach (var item in array.EnumerateArray())
        {
            if (item.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False)
                scalars.Add(Of(item).Text);
        }

        return [.. scalars];
    }

    private sealed record List(string Text, string[] Scalars);
}
