namespace Sallyport.Gateway.Keys;

/// <summary>The <c>kid</c> of a key of our own: its RFC 7638 thumbprint; of an SVID's key, the SPIFFE ID and <c>#</c> before it.</summary>
internal static class KeyName
{
    private const int ThumbprintChars = 43;

    /// <summary>The part that is the thumbprint, under which archives have the key; null where the name is none of ours.</summary>
    public static string? ThumbprintOf(string keyId)
    {
        var thumbprint = keyId[(keyId.LastIndexOf('#') + 1)..];
        return thumbprint.Length == ThumbprintChars && thumbprint.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? thumbprint : null;
    }

    /// <summary>Whether the name is that of a key with this thumbprint.</summary>
    public static bool IsOf(string keyId, string thumbprint) =>
        keyId == thumbprint || (keyId.Length > thumbprint.Length + 1 && keyId[^(thumbprint.Length + 1)] == '#' && keyId.EndsWith(thumbprint, StringComparison.Ordinal));
}
