using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Sallyport.Gateway.Identity;

/// <summary>A trust bundle as a file: PEM certificates, or the JWK Set of the SPIFFE bundle format (X.509-SVID, section 6), which <c>spire-server bundle show -format spiffe</c> writes.</summary>
internal static class TrustBundleDocument
{
    private const int MostBytes = 4 * 1024 * 1024;
    private const int MostKeys = 1024;

    /// <param name="domain">Whose bundle it is: neither form says so itself.</param>
    /// <param name="utf8">The whole file.</param>
    /// <param name="bundle">Null when it is refused.</param>
    /// <param name="problem">Why: a clause.</param>
    public static bool TryRead(TrustDomain domain, ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out TrustBundle? bundle, [NotNullWhen(false)] out string? problem)
    {
        bundle = null;
        if (utf8.Length > MostBytes)
        {
            problem = "it has more than 4 MiB";
            return false;
        }

        var start = utf8.Span.TrimStart(" \t\r\n"u8);
        if (start is not [(byte)'{', ..]) return TrustBundle.TryReadPem(domain, utf8.Span, out bundle, out problem);
        problem = ReadJwkSet(utf8, out var certificates);
        return problem is null && TrustBundle.TryCreate(domain, certificates, out bundle, out problem);
    }

    private static string? ReadJwkSet(ReadOnlyMemory<byte> utf8, out List<byte[]> certificates)
    {
        certificates = [];
        try
        {
            using var document = JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = 16, AllowDuplicateProperties = false });
            if (!document.RootElement.TryGetProperty("keys", out var keys) || keys.ValueKind != JsonValueKind.Array) return "it is JSON, but no JWK Set";
            if (keys.GetArrayLength() > MostKeys) return $"it has more than {MostKeys} keys";
            foreach (var key in keys.EnumerateArray())
            {
                // Keys of other kinds of SVID stand beside them, and of the chain only the first counts (section 6.2).
                if (key.ValueKind != JsonValueKind.Object || Text(key, "use") is not "x509-svid") continue;
                if (!key.TryGetProperty("x5c", out var chain) || chain.ValueKind != JsonValueKind.Array || chain.GetArrayLength() == 0) continue;
                if (chain[0].ValueKind != JsonValueKind.String || !chain[0].TryGetBytesFromBase64(out var der)) return "an x5c of it is no base64";
                certificates.Add(der);
            }

            return certificates.Count == 0 ? "it has no key for X.509-SVIDs (use x509-svid)" : null;
        }
        catch (JsonException)
        {
            return "it begins like JSON and is none";
        }
    }

    private static string? Text(JsonElement key, string member) =>
        key.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
