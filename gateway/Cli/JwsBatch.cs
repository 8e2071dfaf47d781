using System.Text.Json;
using System.Text.Unicode;
using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Cli;

/// <summary>Answers the lines of one batch: <c>{"id":…, "valid": true|false, "reason": "…"}</c>.</summary>
/// <remarks>
/// The reason is <c>valid</c>, the code of a <see cref="TokenFault"/>, <c>jwks_malformed</c> when the set as a whole cannot
/// be read, or <c>input_malformed</c> when the line is not of its form.
/// </remarks>
internal sealed class JwsBatch
{
    private const int MaxKeys = 1000;
    private const string InputMalformed = "input_malformed";

    private static readonly JsonDocumentOptions Lenient = new() { MaxDepth = 64 };
    private static readonly Algorithm[] Allowed = [.. Algorithm.All.Where(algorithm => !algorithm.IsSymmetric)];

    // Many lines of a batch ask about one set.
    private string? _lastText;
    private JwkSet? _lastSet;

    public static string MalformedLine { get; } = Answer("null", InputMalformed);

    public string Answer(ReadOnlyMemory<byte> line)
    {
        if (!Utf8.IsValid(line.Span)) return MalformedLine;
        try
        {
            using var document = JsonDocument.Parse(line, Lenient);
            return Answer(document.RootElement);
        }
        catch (JsonException)
        {
            return MalformedLine;
        }
    }

    private string Answer(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object) return MalformedLine;
        JsonElement? id = null, jwks = null, jws = null;
        var isRepeated = false;
        foreach (var member in root.EnumerateObject())
        {
            if (member.NameEquals("id"u8)) isRepeated |= Twice(ref id, member.Value);
            else if (member.NameEquals("jwks"u8)) isRepeated |= Twice(ref jwks, member.Value);
            else if (member.NameEquals("jws"u8)) isRepeated |= Twice(ref jws, member.Value);
        }

        // Between tokens of JSON a carriage return is white space, and could end this line; inside a string it cannot be.
        var name = id?.GetRawText().Replace("\r", "", StringComparison.Ordinal) ?? "null";
        if (isRepeated || jwks is null || jws is not { ValueKind: JsonValueKind.String } token) return Answer(name, InputMalformed);
        return Answer(name, Reason(jwks.Value, token));
    }

    private static string Answer(string id, string reason) =>
        $$"""{"id":{{id}},"valid":{{(reason == "valid" ? "true" : "false")}},"reason":"{{reason}}"}""";

    private string Reason(JsonElement jwks, JsonElement token)
    {
        string jws;
        try
        {
            jws = token.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // A lone surrogate, which is no character of base64url either.
            return TokenFault.Malformed.Code;
        }

        return SetOf(jwks) is { } set ? JwsCheck.Check(jws, set, Allowed)?.Code ?? "valid" : "jwks_malformed";
    }

    private JwkSet? SetOf(JsonElement jwks)
    {
        var text = jwks.GetRawText();
        if (!string.Equals(text, _lastText, StringComparison.Ordinal))
        {
            _lastSet = JwkSet.TryParse(System.Text.Encoding.UTF8.GetBytes(text), MaxKeys, out var set, out _) ? set : null;
            _lastText = text;
        }

        return _lastSet;
    }

    private static bool Twice(ref JsonElement? slot, JsonElement value)
    {
        var isTaken = slot is not null;
        slot ??= value;
        return isTaken;
    }
}
