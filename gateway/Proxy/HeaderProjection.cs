using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sallyport.Gateway.Verification;
using Sallyport.Policies;

namespace Sallyport.Gateway.Proxy;

/// <summary>Writes a verified principal as headers for the upstream.</summary>
/// <remarks>
/// A value is the claim's text; an array (or object) is its JSON, in one header. Whatever is not printable ASCII, and
/// <c>%</c> itself, is percent-encoded as UTF-8, so that every value decodes to exactly one text and no line break can
/// be in it. Headers of one token are made once and kept with it.
/// </remarks>
internal sealed class HeaderProjection(ForwardingOptions options)
{
    private readonly string[] _names =
    [
        .. ((string[])["Subject", "Issuer", "Issuer-Name", "Audience", "Scope", "Expires", "Token-Id"]).Concat(options.Claims.Keys).Select(name => options.Prefix + name),
    ];

    private readonly string[] _claims = [.. options.Claims.Values];

    /// <summary>Whether the headers of this principal are together no larger than configured.</summary>
    public bool Fits(VerifiedToken token) => ValuesOf(token) is not null;

    /// <summary>The headers of this principal, or null when they do not fit.</summary>
    public KeyValuePair<string, string>[]? Of(VerifiedToken token) =>
        ValuesOf(token) is { } values ? [.. _names.Zip(values).Where(header => header.Second is not null).Select(header => KeyValuePair.Create(header.First, header.Second!))] : null;

    /// <summary>Sets the headers of this principal, none of which may be there yet; nothing when they do not fit.</summary>
    public void WriteTo(HttpRequestHeaders headers, VerifiedToken token)
    {
        if (ValuesOf(token) is not { } values) return;
        var names = _names;
        for (var i = 0; i < values.Length && i < names.Length; i++)
            if (values[i] is { } value)
                headers.TryAddWithoutValidation(names[i], value);
    }

    private string?[]? ValuesOf(VerifiedToken token)
    {
        // The kept values belong to one projection: another configuration makes them anew.
        if (token.Derived is not Projected projected || !ReferenceEquals(projected.By, this))
            token.Derived = projected = new Projected(this, Project(token.Principal));
        return projected.Values;
    }

    private string?[]? Project(Principal principal)
    {
        string?[] values =
        [
            Encode(principal.Subject),
            Encode(principal.Issuer),
            Encode(principal.IssuerName),
            Encode(principal.Audiences.Count == 1 ? principal.Audiences[0] : JsonOf(principal.Audiences)),
            principal.Scopes.Values.Count > 0 ? TextPool.Of(Encode(principal.Scopes.ToString())) : null,
            TextPool.Of(principal.Expires.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)),
            principal.TokenId is { } tokenId ? Encode(tokenId) : null,
            .. _claims.Select(claim => principal.TryGetClaim(claim, out var value) && value.Kind != ClaimKind.Null ? Encode(value.Text) : null),
        ];
        var size = _names.Zip(values).Sum(header => header.Second is { } value ? header.First.Length + value.Length : 0);
        return size <= options.MaxBytes ? values : null;
    }

    /// <summary>Percent-encodes what is not printable ASCII, <c>%</c>, and a space at either end.</summary>
    internal static string Encode(string text)
    {
        var first = IndexToEncode(text);
        if (first < 0) return text;

        var encoded = new StringBuilder(text.Length + 16);
        Span<byte> utf8 = stackalloc byte[4];
        var at = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.IsAscii && !MustEncode((char)rune.Value, at, text.Length))
            {
                encoded.Append((char)rune.Value);
            }
            else
            {
                foreach (var b in utf8[..rune.EncodeToUtf8(utf8)])
                    encoded.Append('%').Append(b.ToString("X2", CultureInfo.InvariantCulture));
            }

            at += rune.Utf16SequenceLength;
        }

        return encoded.ToString();
    }

    private static int IndexToEncode(string text)
    {
        for (var i = 0; i < text.Length; i++)
            if (MustEncode(text[i], i, text.Length))
                return i;
        return -1;
    }

    private static bool MustEncode(char c, int at, int length) =>
        c is < ' ' or > '~' or '%' || (c == ' ' && (at == 0 || at == length - 1));

    private static string JsonOf(IReadOnlyList<string> values)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartArray();
            foreach (var value in values) writer.WriteStringValue(value);
            writer.WriteEndArray();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer().AsSpan(0, (int)stream.Length));
    }

    // Values in the order of the names; null where there is no such header.
    private sealed record Projected(HeaderProjection By, string?[]? Values);
}
