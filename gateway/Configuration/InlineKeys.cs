using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sallyport.Gateway.Configuration;

/// <summary>Reads <c>Keys:Inline</c>, a JWK Set in the configuration: an object, or a string that holds its JSON text.</summary>
/// <remarks>.NET configuration takes objects apart into strings, so the JSON text is put together again with every value
/// a string, which is what the members of a JWK are (RFC 7517 section 4). No message repeats a value from here.</remarks>
internal static class InlineKeys
{
    private const int Deepest = 8;
    private const string Mend = "Write a JWK Set: {\"keys\": [{\"kty\": ...}]}.";

    /// <summary>Members that are arrays, for an empty one has become an empty string.</summary>
    private static readonly string[] Arrays = ["keys", "key_ops", "x5c", "oth"];

    public static string? Read(SectionReader keys)
    {
        if (!keys.Mentions("Inline"))
            return null;
        var section = keys.Raw("Inline");
        var node = section.GetChildren().Any() ? Node(section, 0) : Parsed(section.Value ?? "");
        if (node is not JsonObject set || set["keys"] is not JsonArray { Count: > 0 } array)
        {
            keys.Wrong("Inline", "is no JWK Set with at least one key.", Mend);
            return null;
        }

        for (var i = 0; i < array.Count; i++)
        {
            if (array[i] is not JsonObject key)
                keys.Wrong(keys.Path.Member("Inline").Member("keys").Element(i), "is no JWK.", Mend);
            else if (key.ContainsKey("d") || key.ContainsKey("k"))
                keys.Wrong(keys.Path.Member("Inline").Member("keys").Element(i), "holds a private or secret key.", "Keep only the public members; a shared secret goes into Secret.");
        }

        return set.ToJsonString();
    }

    private static JsonNode? Parsed(string text)
    {
        try
        {
            return JsonNode.Parse(text, documentOptions: new() { AllowDuplicateProperties = false, MaxDepth = Deepest });
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonNode? Node(IConfigurationSection section, int depth)
    {
        var children = section.GetChildren().ToList();
        if (depth == Deepest)
            return null;
        if (children.Count == 0)
            return section.Value is "" && Arrays.Contains(section.Key, StringComparer.Ordinal) ? new JsonArray() : JsonValue.Create(section.Value);
        if (children.TrueForAll(StringArray.IsElement))
            return new JsonArray([.. children.Select(child => Node(child, depth + 1))]);
        return new JsonObject(children.Select(child => KeyValuePair.Create(child.Key, Node(child, depth + 1))));
    }
}
