using System.Text;
using System.Text.Json;
using Sallyport.Gateway.Audit;
using Sallyport.Gateway.Issuing;
using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Proof;

/// <summary>A token that is asked about, taken apart and believed by nobody yet. It is never printed.</summary>
internal sealed record ReadToken(string Hash, CompactJws Jws, ClaimsSet Claims, IReadOnlyList<byte[]> Chain)
{
    private const int MaxChain = 8;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    /// <summary>Reads one.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="reason">Why it is none of ours: a stable code.</param>
    /// <param name="detail">The same as a sentence, without anything of the text.</param>
    public static ReadToken? Read(string text, out string reason, out string detail)
    {
        if (!CompactJws.TryParse(text, JwsCheck.MaxBytes, out var jws, out var fault))
        {
            (reason, detail) = (fault.Code, fault.Detail);
            return null;
        }

        // RFC 8725 section 3.11: what is signed for one use is nothing in another.
        if (!IsOfTokens(jws.Header.Type))
        {
            (reason, detail) = ("typ_wrong", "The header's typ is not that of a token: it is something else that was signed.");
            return null;
        }

        (reason, detail) = ("claims_malformed", "The claims cannot be read.");
        if (!ClaimsSet.TryParse(jws.Payload.Span, out var claims, out fault))
        {
            (reason, detail) = (fault.Code, fault.Detail);
            return null;
        }

        if (ReadChain(text) is not { } chain)
        {
            (reason, detail) = ("x5c_malformed", "The x5c of the header is no list of certificates.");
            return null;
        }

        return new ReadToken(TrailLine.HashOf(Encoding.ASCII.GetBytes(text)), jws, claims, chain);
    }

    /// <summary>No token, and nothing of it.</summary>
    public override string ToString() => $"token {Claims.TokenId}";

    private static bool IsOfTokens(string? type) =>
        string.Equals(type, AccessToken.Type, StringComparison.OrdinalIgnoreCase) || string.Equals(type, "JWT", StringComparison.OrdinalIgnoreCase);

    /// <summary>The <c>x5c</c> of a header that was read already (RFC 7515 section 4.1.6).</summary>
    /// <returns>Empty for none; null for what is no such list.</returns>
    public static IReadOnlyList<byte[]>? ReadChain(string jws)
    {
        try
        {
            if (!StrictBase64Url.TryDecode(jws.AsSpan(0, jws.IndexOf('.', StringComparison.Ordinal)), out var header)) return null;
            if (!JsonElement.Parse(header, Strict).TryGetProperty("x5c", out var certificates)) return [];
            if (certificates.ValueKind != JsonValueKind.Array || certificates.GetArrayLength() is 0 or > MaxChain) return null;
            var chain = new List<byte[]>();
            foreach (var certificate in certificates.EnumerateArray())
            {
                if (certificate.ValueKind != JsonValueKind.String || !certificate.TryGetBytesFromBase64(out var der)) return null;
                chain.Add(der);
            }

            return chain;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
