using System.Globalization;
using System.Text.Json;

namespace Sallyport.Gateway.Configuration;

/// <summary>Finds keys that stand twice in one object of a JSON text.</summary>
/// <remarks>.NET configuration refuses a value that stands twice, but of two objects with one key it makes one in silence, and
/// letter case makes no difference to it.</remarks>
internal static class JsonKeys
{
    /// <summary>The first key that stands twice, with the line of its second place, counted from one; null when there is none.</summary>
    /// <exception cref="JsonException">The text is no JSON.</exception>
    public static (string Path, int Line)? FindTwice(ReadOnlySpan<byte> json)
    {
        var text = json.StartsWith("\ufeff"u8) ? json[3..] : json;
        var reader = new Utf8JsonReader(text, new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
        var around = new Stack<Level>();
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                case JsonTokenType.StartArray:
                    around.Push(new(Next(around), reader.TokenType == JsonTokenType.StartArray));
                    break;
                case JsonTokenType.EndObject:
                case JsonTokenType.EndArray:
                    around.Pop();
                    break;
                case JsonTokenType.PropertyName:
                    var level = around.Peek();
                    level.Key = reader.GetString()!;
                    if (!level.Keys.Add(level.Key))
                        return (level.Path.Member(level.Key).Text, Line(text, reader.TokenStartIndex));
                    break;
                default:
                    Next(around);
                    break;
            }
        }

        return null;
    }

    /// <summary>The path of the value that begins here.</summary>
    private static JsonPath Next(Stack<Level> around) =>
        !around.TryPeek(out var level) ? JsonPath.Root
        : level.IsArray ? level.Path.Element(level.Count++)
        : level.Path.Member(level.Key);

    private static int Line(ReadOnlySpan<byte> text, long index) => text[..(int)index].Count((byte)'\n') + 1;

    private sealed class Level(JsonPath path, bool isArray)
    {
        public JsonPath Path => path;

        public bool IsArray => isArray;

        public int Count { get; set; }

        public string Key { get; set; } = "";

        public HashSet<string> Keys { get; } = new(StringComparer.OrdinalIgnoreCase);

        public override string ToString() => path.Text + Count.ToString(CultureInfo.InvariantCulture);
    }
}
