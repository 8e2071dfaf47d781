using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Sallyport.Gateway.Identity;

namespace Sallyport.Gateway.Attestation;

/// <summary>A trust bundle as people keep it: certificates in PEM, or a SPIFFE bundle (SPIFFE Trust Domain and Bundle, section 4), a JWK Set. Neither says which trust domain it is of.</summary>
internal static class TrustBundleFile
{
    public const int MaxBytes = 1024 * 1024;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    /// <param name="domain">The trust domain that it is to vouch for.</param>
    /// <param name="utf8">The file.</param>
    /// <param name="bundle">At least one authority.</param>
    /// <param name="problem">A clause.</param>
    public static bool TryRead(TrustDomain domain, ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out TrustBundle? bundle, [NotNullWhen(false)] out string? problem)
    {
        bundle = null;
        if (!utf8.TrimStart(" \t\r\n"u8).StartsWith("{"u8)) return TrustBundle.TryReadPem(domain, utf8, out bundle, out problem);
        try
        {
            if (Authorities(JsonElement.Parse(utf8, Strict)) is { } authorities) return TrustBundle.TryCreate(domain, authorities, out bundle, out problem);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            // Of another form.
        }

        problem = "it is no SPIFFE bundle";
        return false;
    }

    // Keys for other uses, of JWT-SVIDs for one, do not matter here. A member of another kind throws.
    private static List<byte[]>? Authorities(JsonElement root)
    {
        if (!root.TryGetProperty("keys", out var keys) || keys.GetArrayLength() > TrustBundle.MostCertificates) return null;
        var authorities = new List<byte[]>();
        foreach (var key in keys.EnumerateArray())
        {
            if (!key.TryGetProperty("use", out var use) || use.GetString() != "x509-svid") continue;
            if (!key.TryGetProperty("x5c", out var certificates) || certificates.GetArrayLength() != 1) return null;
            authorities.Add(certificates[0].GetBytesFromBase64());
        }

        return authorities;
    }
}
