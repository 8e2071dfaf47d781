using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;

namespace Sallyport.Gateway.Tokens;

/// <summary>
/// The protected header of a JWS (RFC 7515, section 4), read once and strictly. Only the members below have any effect:
/// key material and key locations that a header brings along (<c>jwk</c>, <c>jku</c>, <c>x5c</c>, <c>x5u</c>) are never
/// looked at, and no extension is implemented, so every <c>crit</c> is refused.
/// </summary>
internal sealed class JoseHeader
{
    /// <summary>The longest header that is read, in bytes of JSON.</summary>
    public const int MaxBytes = 8192;

    /// <summary>The longest <c>kid</c>, in characters.</summary>
    public const int MaxKeyIdLength = 256;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    private JoseHeader(Algorithm algorithm, string? keyId, string? type, string? contentType) =>
        (Algorithm, KeyId, Type, ContentType) = (algorithm, keyId, type, contentType);

    /// <summary>The row that <c>alg</c> names.</summary>
    public Algorithm Algorithm { get; }

    /// <summary>The <c>alg</c> member.</summary>
    public string AlgorithmName => Algorithm.Name;

    /// <summary>The <c>kid</c> member, 1 to 256 characters.</summary>
    public string? KeyId { get; }

    /// <summary>The <c>typ</c> member, as written.</summary>
    public string? Type { get; }

    /// <summary>The <c>cty</c> member, as written; never JWT.</summary>
    public string? ContentType { get; }

    /// <summary>Reads a header out of its JSON text.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out JoseHeader? header, [NotNullWhen(false)] out TokenFault? fault)
    {
        header = null;
        fault = TokenFault.HeaderInvalid;
        if (utf8.Length > MaxBytes || !Utf8.IsValid(utf8))
            return false;
        try
        {
            var root = JsonElement.Parse(utf8, Strict);
            if (root.ValueKind != JsonValueKind.Object)
                return false;
            fault = Read(root, out header);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Malformed JSON and lone surrogates: the JSON reader knows no other way to say so.
            fault = TokenFault.HeaderInvalid;
        }

        return fault is null;
    }

    private static TokenFault? Read(JsonElement root, out JoseHeader? header)
    {
        header = null;
        Algorithm? algorithm = null;
        string? keyId = null, type = null, contentType = null;
        bool named = false, unsecured = false, encrypted = false, critical = false;
        foreach (var member in root.EnumerateObject())
        {
            var value = member.Value;
            if (member.NameEquals("alg"u8))
            {
                if (value.ValueKind != JsonValueKind.String)
                    return TokenFault.HeaderInvalid;
                var name = value.GetString()!;
                named = true;
                unsecured = name.Equals("none", StringComparison.OrdinalIgnoreCase);
                algorithm = Algorithm.Find(name);
            }
            else if (member.NameEquals("kid"u8))
            {
                if (value.ValueKind != JsonValueKind.String || (keyId = value.GetString()!).Length is 0 or > MaxKeyIdLength)
                    return TokenFault.HeaderInvalid;
            }
            else if (member.NameEquals("typ"u8))
            {
                if (value.ValueKind != JsonValueKind.String)
                    return TokenFault.HeaderInvalid;
                type = value.GetString();
            }
            else if (member.NameEquals("cty"u8))
            {
                if (value.ValueKind != JsonValueKind.String)
                    return TokenFault.HeaderInvalid;
                contentType = value.GetString();
            }
            else if (member.NameEquals("crit"u8))
            {
                if (!IsListOfNames(value))
                    return TokenFault.HeaderInvalid;
                critical = true;
            }
            else if (member.NameEquals("enc"u8))
            {
                encrypted = true;
            }
            else if (member.NameEquals("b64"u8))
            {
                // RFC 7797, section 6: only ever named in crit, which is refused below.
                if (!root.TryGetProperty("crit"u8, out _))
                    return TokenFault.HeaderInvalid;
            }
        }

        if (encrypted)
            return TokenFault.Encrypted;
        if (unsecured)
            return TokenFault.Unsecured;
        if (critical)
            return TokenFault.CriticalUnknown;
        if (IsJwt(contentType))
            return TokenFault.Nested;
        if (algorithm is null)
            return named ? TokenFault.AlgorithmUnknown : TokenFault.AlgorithmMissing;
        header = new JoseHeader(algorithm, keyId, type, contentType);
        return null;
    }

    // RFC 7515, section 4.1.11: a non-empty array of strings.
    private static bool IsListOfNames(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() == 0)
            return false;
        foreach (var name in value.EnumerateArray())
        {
            if (name.ValueKind != JsonValueKind.String || name.GetString()!.Length == 0)
                return false;
        }

        return true;
    }

    // RFC 7519, section 5.2 and RFC 7515, section 4.1.10: any casing, and "application/" may be left out.
    private static bool IsJwt(string? contentType) =>
        contentType is not null
        && (contentType.Equals("JWT", StringComparison.OrdinalIgnoreCase)
            || contentType.Equals("application/jwt", StringComparison.OrdinalIgnoreCase));
}
