using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Attestation;

/// <summary>Base64 as a DSSE envelope may have it: the standard alphabet or the url-safe one, padded or not. Within one text one alphabet, no white space, no stray bits.</summary>
internal static class EitherBase64
{
    public static bool TryDecode(string text, out byte[] decoded)
    {
        decoded = [];
        var characters = text.AsSpan();
        if (characters.EndsWith("="))
        {
            // Padding is whole or absent.
            if (characters.Length % 4 != 0) return false;
            characters = characters.TrimEnd('=');
            if (text.Length - characters.Length > 2) return false;
        }

        var isStandard = characters.ContainsAny('+', '/');
        if (isStandard && characters.ContainsAny('-', '_')) return false;
        return isStandard
            ? StrictBase64Url.TryDecode(characters.ToString().Replace('+', '-').Replace('/', '_'), out decoded)
            : StrictBase64Url.TryDecode(characters, out decoded);
    }
}
