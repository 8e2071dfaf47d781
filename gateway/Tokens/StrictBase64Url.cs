using System.Buffers;
using System.Buffers.Text;

namespace Sallyport.Gateway.Tokens;

/// <summary>
/// Base64url as JOSE writes it (RFC 4648, section 5; RFC 7515, section 2): no padding, no white space, no foreign
/// characters, no stray bits. Every byte string has exactly one spelling, so no two tokens differ only in spelling.
/// </summary>
internal static class StrictBase64Url
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    // Characters whose low four or low two bits are zero: all that may end a final group of two or of three.
    private const string EndsOfTwo = "AQgw";
    private const string EndsOfThree = "AEIMQUYcgkosw048";

    private static readonly SearchValues<char> Characters = SearchValues.Create(Alphabet);
    private static readonly SearchValues<char> CharactersAndDot = SearchValues.Create(Alphabet + ".");
    private static readonly SearchValues<byte> Bytes = SearchValues.Create([.. Alphabet.Select(c => (byte)c)]);

    /// <summary>How many bytes the text stands for, or -1 where no text of this length can be base64url.</summary>
    public static int DecodedLength(int characters) => characters % 4 == 1 ? -1 : (int)((long)characters * 3 / 4);

    /// <summary>Whether the text could be parts of base64url with dots between, whatever their number and length.</summary>
    public static bool IsAlphabetWithDots(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(CharactersAndDot);

    /// <summary>Decodes into a buffer of at least <see cref="DecodedLength"/> bytes.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, Span<byte> destination, out int written)
    {
        written = 0;
        return !text.ContainsAnyExcept(Characters)
            && EndsClean(text.Length, text.IsEmpty ? 'A' : text[^1])
            && destination.Length >= DecodedLength(text.Length)
            && Base64Url.TryDecodeFromChars(text, destination, out written);
    }

    /// <summary>Decodes into an array of its own.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, out byte[] decoded)
    {
        decoded = [];
        if (text.ContainsAnyExcept(Characters) || !EndsClean(text.Length, text.IsEmpty ? 'A' : text[^1]))
            return false;
        decoded = Base64Url.DecodeFromChars(text);
        return true;
    }

    /// <summary>Decodes UTF-8 text into an array of its own.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> text, out byte[] decoded)
    {
        decoded = [];
        if (text.ContainsAnyExcept(Bytes) || !EndsClean(text.Length, text.IsEmpty ? 'A' : (char)text[^1]))
            return false;
        decoded = Base64Url.DecodeFromUtf8(text);
        return true;
    }

    private static bool EndsClean(int length, char last) => (length % 4) switch
    {
        0 => true,
        2 => EndsOfTwo.Contains(last, StringComparison.Ordinal),
        3 => EndsOfThree.Contains(last, StringComparison.Ordinal),
        _ => false,
    };
}
