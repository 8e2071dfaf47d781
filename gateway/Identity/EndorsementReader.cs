using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Identity;

/// <summary>Reads an <see cref="Endorsement"/>, strictly: every member known, of its type and there once, and the signature that of the leaf's key.</summary>
internal static class EndorsementReader
{
    private const int MaxChain = 8;

    // 2000-01-01 to 2200-01-01, in seconds.
    private const long EarliestTime = 946_684_800;
    private const long LatestTime = 7_258_118_400;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 3, AllowDuplicateProperties = false };
    private static readonly string[] HeaderMembers = ["alg", "typ", "x5c"];
    private static readonly string[] PayloadMembers = ["iss", "sub", "kid", "jkt", "purpose", "nbf", "exp", "iat"];

    public static Endorsement? Read(string text, out string? problem)
    {
        Endorsement? read = null;
        try
        {
            problem = Read(text, out read);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or CryptographicException or FormatException)
        {
            problem = "it holds what cannot be read";
        }

        return problem is null ? read : null;
    }

    public static DateTimeOffset? TimeOf(string text)
    {
        try
        {
            return TryParts(text, out _, out var payload, out _, out _) ? Time(Parse(payload), "iat") : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string? Read(string text, out Endorsement? read)
    {
        read = null;
        if (!TryParts(text, out var headerBytes, out var payloadBytes, out var signature, out var signed)) return "it is no JWS of a fitting length";
        var header = Parse(headerBytes);
        if (!HasExactly(header, HeaderMembers) || Text(header, "typ") != Endorsement.Type) return $"its header is not that of {Endorsement.Type}";
        if (ReadChain(header.GetProperty("x5c")) is not { } chain) return "its x5c is no list of certificates";
        using var leaf = X509CertificateLoader.LoadCertificate(chain[0]);
        if (CertificateKey.Read(leaf, out var unfit) is not { Algorithm: { } algorithm } key) return $"its certificate does not serve: {unfit}";
        if (Text(header, "alg") != algorithm.Name) return "its alg is not that of its certificate's key";
        if (!key.Verify(algorithm, signed, signature)) return "its signature is not that of its certificate's key";

        var payload = Parse(payloadBytes);
        if (!HasExactly(payload, PayloadMembers)) return "its payload has other members than it should";
        if (Text(payload, "iss") is not { } issuer || Text(payload, "sub") is not { } subject || Text(payload, "kid") is not { } keyId
            || Text(payload, "jkt") is not { } thumbprint || Text(payload, "purpose") is not { } purpose
            || Time(payload, "nbf") is not { } notBefore || Time(payload, "exp") is not { } expires || Time(payload, "iat") is not { } issuedAt) return "one of its claims is missing or out of range";
        read = new Endorsement
        {
            Text = text,
            Issuer = issuer,
            SpiffeId = subject,
            KeyId = keyId,
            Thumbprint = thumbprint,
            Purpose = purpose,
            NotBefore = notBefore,
            Expires = expires,
            IssuedAt = issuedAt,
            Chain = chain,
            LeafNotBefore = new DateTimeOffset(leaf.NotBefore.ToUniversalTime()),
            LeafNotAfter = new DateTimeOffset(leaf.NotAfter.ToUniversalTime()),
        };
        return null;
    }

    private static bool TryParts(string text, out byte[] header, out byte[] payload, out byte[] signature, out byte[] signed)
    {
        (header, payload, signature, signed) = ([], [], [], []);
        if (text.Length > Endorsement.MaxLength) return false;
        var parts = text.Split('.');
        if (parts.Length != 3 || !StrictBase64Url.TryDecode(parts[0], out header) || !StrictBase64Url.TryDecode(parts[1], out payload) || !StrictBase64Url.TryDecode(parts[2], out signature)) return false;
        signed = Encoding.ASCII.GetBytes(text[..text.LastIndexOf('.')]);
        return Utf8.IsValid(header) && Utf8.IsValid(payload);
    }

    private static JsonElement Parse(byte[] json) => JsonElement.Parse(json, Strict);

    private static bool HasExactly(JsonElement element, string[] members) =>
        element.ValueKind == JsonValueKind.Object && element.GetPropertyCount() == members.Length && Array.TrueForAll(members, name => element.TryGetProperty(name, out _));

    // RFC 7515 section 4.1.6: standard base64 with padding, not base64url; in its one spelling.
    private static List<byte[]>? ReadChain(JsonElement certificates)
    {
        if (certificates.ValueKind != JsonValueKind.Array || certificates.GetArrayLength() is 0 or > MaxChain) return null;
        var chain = new List<byte[]>();
        foreach (var certificate in certificates.EnumerateArray())
        {
            if (certificate.ValueKind != JsonValueKind.String || !certificate.TryGetBytesFromBase64(out var der) || der.Length == 0 || Convert.ToBase64String(der) != certificate.GetString()) return null;
            chain.Add(der);
        }

        return chain;
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static DateTimeOffset? Time(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var seconds)
        && seconds is >= EarliestTime and <= LatestTime
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;
}
