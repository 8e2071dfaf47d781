using System.Diagnostics.CodeAnalysis;
using System.Globalization;
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
    private readonly string _subject = options.Prefix + "Subject";
    private readonly string _issuer = options.Prefix + "Issuer";
    private readonly string _issuerName = options.Prefix + "Issuer-Name";
    private readonly string _audience = options.Prefix + "Audience";
    private readonly string _scope = options.Prefix + "Scope";
    private readonly string _expires = options.Prefix + "Expires";
    private readonly string _tokenId = options.Prefix + "Token-Id";
    private readonly (string Header, string Claim)[] _claims = [.. options.Claims.Select(c => (options.Prefix + c.Key, c.Value))];

    /// <summary>The headers of this principal, or false when together they are over the configured size.</summary>
    public bool TryProject(VerifiedToken token, [NotNullWhen(true)] out KeyValuePair<string, string>[]? headers)
    {
        // The cached headers belong to one projection: another configuration makes them anew.
        if (token.Derived is not Projected projected || !ReferenceEquals(projected.By, this))
            token.Derived = projected = new Projected(this, Project(token.Principal));
        headers = projected.Headers;
        return headers is not null;
    }

    private KeyValuePair<string, string>[]? Project(Principal principal)
    {
        var headers = new List<KeyValuePair<string, string>>(8 + _claims.Length);
        Add(_subject, principal.Subject);
        Add(_issuer, principal.Issuer);
        Add(_issuerName, principal.IssuerName);
        Add(_audience, principal.Audiences.Count == 1 ? principal.Audiences[0] : JsonOf(principal.Audiences));
        if (principal.Scopes.Values.Count > 0) Add(_scope, principal.Scopes.ToString());
        Add(_expires, principal.Expires.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        if (principal.TokenId is { } tokenId) Add(_tokenId, tokenId);
        foreach (var (header, claim) in _claims)
            if (principal.TryGetClaim(claim, out var value) && value.Kind != ClaimKind.Null)
                Add(header, value.Text);

        return headers.Sum(h => h.Key.Length + h.Value.Length) <= options.MaxBytes ? [.. headers] : null;

        void Add(string name, string text) => headers.Add(new(name, Encode(text)));
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

    private sealed record Projected(HeaderProjection By, KeyValuePair<string, string>[]? Headers);
}
