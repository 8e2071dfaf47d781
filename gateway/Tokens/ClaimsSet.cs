using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;
using Sallyport.Policies;

namespace Sallyport.Gateway.Tokens;

/// <summary>
/// A JWT claims set (RFC 7519, section 4): every claim in the order of the token, and the registered ones in their types.
/// A registered claim of a wrong type makes the whole set malformed; an absent one is null or empty.
/// </summary>
internal sealed class ClaimsSet
{
    /// <summary>The deepest nesting that is read.</summary>
    public const int MaxDepth = 16;

    // The last second that a DateTimeOffset can hold, 9999-12-31T23:59:59Z.
    private const long LastSecond = 253_402_300_799;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    private ClaimsSet(KeyValuePair<string, ClaimValue>[] all) => All = all;

    /// <summary><c>iss</c>.</summary>
    public string? Issuer { get; private set; }

    /// <summary><c>sub</c>.</summary>
    public string? Subject { get; private set; }

    /// <summary><c>jti</c>.</summary>
    public string? TokenId { get; private set; }

    /// <summary><c>aud</c>: one string or several; empty when absent.</summary>
    public IReadOnlyList<string> Audiences { get; private set; } = [];

    /// <summary><c>exp</c>.</summary>
    public DateTimeOffset? Expires { get; private set; }

    /// <summary><c>nbf</c>.</summary>
    public DateTimeOffset? NotBefore { get; private set; }

    /// <summary><c>iat</c>.</summary>
    public DateTimeOffset? IssuedAt { get; private set; }

    /// <summary>
    /// <c>scope</c> (RFC 8693, section 4.2), else <c>scp</c>, which some issuers write instead: a string of names with
    /// spaces between, or an array of names. Empty when both are absent.
    /// </summary>
    public IReadOnlyList<string> Scopes { get; private set; } = [];

    /// <summary>Every claim, in the order of the token.</summary>
    public IReadOnlyList<KeyValuePair<string, ClaimValue>> All { get; }

    /// <summary>Looks a claim up by its exact name.</summary>
    public bool TryGet(string name, out ClaimValue value)
    {
        foreach (var claim in (KeyValuePair<string, ClaimValue>[])All)
        {
            if (string.Equals(claim.Key, name, StringComparison.Ordinal))
            {
                value = claim.Value;
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>Reads a claims set out of its JSON text.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out ClaimsSet? claims, [NotNullWhen(false)] out TokenFault? fault)
    {
        claims = null;
        try
        {
            if (Utf8.IsValid(utf8))
                claims = Read(JsonElement.Parse(utf8, Strict));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Malformed JSON and lone surrogates: the JSON reader knows no other way to say so.
            claims = null;
        }

        fault = claims is null ? TokenFault.ClaimsMalformed : null;
        return claims is not null;
    }

    private static ClaimsSet? Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
            return null;
        var all = new KeyValuePair<string, ClaimValue>[root.GetPropertyCount()];
        var claims = new ClaimsSet(all);
        var count = 0;
        string[]? scope = null, scp = null;
        foreach (var member in root.EnumerateObject())
        {
            var name = TextPool.NameOf(member);
            // Those two are of one token alone.
            var value = member.Value.ValueKind == JsonValueKind.String && name is not ("sub" or "jti") ? ClaimValue.Of(TextPool.TextOf(member.Value)) : ClaimValue.Of(member.Value);
            all[count++] = new(name, value);
            var sound = name switch
            {
                "iss" => (claims.Issuer = Text(value)) is not null,
                "sub" => (claims.Subject = Text(value)) is not null,
                "jti" => (claims.TokenId = Text(value)) is not null,
                "aud" => (claims.Audiences = Names(member.Value, split: false)!) is not null,
                "exp" => (claims.Expires = Time(member.Value)) is not null,
                "nbf" => (claims.NotBefore = Time(member.Value)) is not null,
                "iat" => (claims.IssuedAt = Time(member.Value)) is not null,
                "scope" => (scope = Names(member.Value, split: true)) is not null,
                "scp" => (scp = Names(member.Value, split: true)) is not null,
                _ => true,
            };
            if (!sound)
                return null;
        }

        claims.Scopes = scope ?? scp ?? [];
        return claims;
    }

    private static string? Text(ClaimValue value) => value.Kind == ClaimKind.String ? value.Text : null;

    private static string[]? Names(JsonElement value, bool split)
    {
        if (value.ValueKind == JsonValueKind.String)
            return split ? TextPool.Split(TextPool.TextOf(value)) : TextPool.Single(TextPool.TextOf(value));
        if (value.ValueKind != JsonValueKind.Array)
            return null;
        var names = new string[value.GetArrayLength()];
        var count = 0;
        foreach (var item in value.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.String)
                return null;
            var name = TextPool.TextOf(item);
            // Joined with the others, a scope with a space in it would be several (RFC 6749, section 3.3).
            if (split && name.Contains(' ', StringComparison.Ordinal))
                return null;
            names[count++] = name;
        }

        return names;
    }

    // NumericDate (RFC 7519, section 2): seconds since 1970, fractions allowed.
    private static DateTimeOffset? Time(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Number)
            return null;
        if (value.TryGetInt64(out var seconds))
            return seconds is >= 0 and <= LastSecond ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;
        return value.TryGetDouble(out var fraction) && fraction is >= 0 and <= LastSecond
            ? DateTimeOffset.UnixEpoch.AddSeconds(fraction)
            : null;
    }
}
