using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Sallyport.Gateway.Attestation;

/// <summary>An in-toto Statement v1: of which files it is said, what kind of thing is said, and who allowed it to be said. The predicate itself is for whoever knows its type.</summary>
/// <param name="Authorization">Null where no token was given when it was signed.</param>
internal sealed record Statement(string PredicateType, IReadOnlyList<StatementSubject> Subjects, TokenAuthorization? Authorization)
{
    public const string Type = "https://in-toto.io/Statement/v1";

    /// <summary>The <c>payloadType</c> of an envelope that holds one.</summary>
    public const string PayloadType = "application/vnd.in-toto+json";

    public const int MaxSubjects = 1024;

    private const int MaxTypeChars = 1024;

    // The predicate is one level down.
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = Predicate.MaxDepth + 1, AllowDuplicateProperties = false };
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Whether the text is a TypeURI: absolute, and of characters that a URI has (RFC 3986).</summary>
    public static bool IsTypeUri(string text) =>
        text.Length is > 0 and <= MaxTypeChars && text.All(c => c is > ' ' and < '\x7f' and not ('"' or '<' or '>' or '\\' or '^' or '`' or '{' or '|' or '}'))
        && Uri.TryCreate(text, UriKind.Absolute, out _) && char.IsAsciiLetter(text[0]);

    /// <summary>The statement in UTF-8, as it is to be signed.</summary>
    public byte[] ToJson(Predicate predicate)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, Plain))
        {
            writer.WriteStartObject();
            writer.WriteString("_type", Type);
            writer.WriteStartArray("subject");
            foreach (var subject in Subjects)
            {
                writer.WriteStartObject();
                if (subject.Name is not null) writer.WriteString("name", subject.Name);
                writer.WriteStartObject("digest");
                writer.WriteString("sha256", subject.Sha256);
                writer.WriteEndObject();
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteString("predicateType", PredicateType);
            writer.WritePropertyName("predicate");
            writer.WriteRawValue(Authorization is { } authorization ? predicate.With(TokenAuthorization.Member, Json(authorization)) : predicate.ToString());
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <returns>Null for anything but a statement of this version whose subjects all have a SHA-256.</returns>
    public static Statement? Read(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return Utf8.IsValid(utf8) ? Read(JsonElement.Parse(utf8, Strict)) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string Json(TokenAuthorization authorization)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Plain))
        {
            writer.WriteStartObject();
            writer.WriteString("sha256", authorization.Sha256);
            writer.WriteString("iss", authorization.Issuer);
            writer.WriteString("sub", authorization.Subject);
            if (authorization.TokenId is { } id) writer.WriteString("jti", id);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    // Members that it does not know are ignored, as in-toto demands; a member of another kind throws.
    private static Statement? Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || Text(root, "_type") != Type) return null;
        if (Text(root, "predicateType") is not { } type || !IsTypeUri(type)) return null;
        if (!root.TryGetProperty("subject", out var written) || written.GetArrayLength() is 0 or > MaxSubjects) return null;
        var subjects = new List<StatementSubject>();
        foreach (var entry in written.EnumerateArray())
        {
            if (!entry.TryGetProperty("digest", out var digest) || Text(digest, "sha256") is not { } sha256 || !IsDigest(sha256)) return null;
            subjects.Add(new StatementSubject(Text(entry, "name"), sha256));
        }

        if (!root.TryGetProperty("predicate", out var predicate)) return new Statement(type, subjects, null);
        if (!predicate.TryGetProperty(TokenAuthorization.Member, out var member)) return new Statement(type, subjects, null);
        return Text(member, "sha256") is { } hash && IsDigest(hash) && Text(member, "iss") is { } issuer && Text(member, "sub") is { } subject
            ? new Statement(type, subjects, new TokenAuthorization(hash, issuer, subject, Text(member, "jti")))
            : null;
    }

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static bool IsDigest(string text) => text.Length == 64 && text.All(char.IsAsciiHexDigitLower);
}
