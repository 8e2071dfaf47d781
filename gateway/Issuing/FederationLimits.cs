using System.Globalization;
using System.Text;
using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Issuing;

/// <summary>What AWS STS takes, in one place: for those who mint, those who read the configuration, and <c>doctor aws</c>.</summary>
/// <remarks>IAM User Guide, "Pass session tags in AWS STS" and "IAM and AWS STS quotas"; STS API, AssumeRoleWithWebIdentity; IAM API, the pattern of Tag.
/// Where AWS leaves room this is the stricter: a value must be there, without outer spaces, and no line or paragraph separators count as spaces.</remarks>
internal static class FederationLimits
{
    public const int MaxTags = 50;
    public const int MaxKeyCharacters = 128;
    public const int MaxValueCharacters = 256;
    public const int MaxSubjectCharacters = 255;
    public const int MaxTokenCharacters = 20_000;

    /// <summary>The most keys in the JWK Set, of each of RSA and EC; held here for both together.</summary>
    public const int MaxKeys = 100;

    /// <summary>Beginning of keys and values that AWS keeps for itself, in any casing.</summary>
    public const string ReservedPrefix = "aws:";

    private static readonly string[] Algorithms = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"];

    /// <summary>Whether STS verifies this <c>alg</c>: RS and ES, neither PS nor EdDSA.</summary>
    public static bool Takes(Algorithm algorithm) => Algorithms.Contains(algorithm.Name, StringComparer.Ordinal);

    /// <summary>Whether every character is a letter, number or space of Unicode or one of <c>_ . : / = + - @</c>, with no outer space.</summary>
    /// <remarks>Combining marks are outside, so that no two spellings of one text pass. So are <c>*</c>, <c>?</c> and <c>$</c>, which would mean something in a policy.</remarks>
    public static bool HasTagCharacters(string text)
    {
        if (text.Length > 0 && (char.IsWhiteSpace(text[0]) || char.IsWhiteSpace(text[^1]))) return false;
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            if (Rune.DecodeFromUtf16(rest, out var rune, out var length) != System.Buffers.OperationStatus.Done || !IsTagCharacter(rune)) return false;
            rest = rest[length..];
        }

        return true;
    }

    public static bool IsReserved(string text) => text.StartsWith(ReservedPrefix, StringComparison.OrdinalIgnoreCase);

    private static bool IsTagCharacter(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
            or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => true,
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => true,
        UnicodeCategory.SpaceSeparator => true,
        _ => rune.IsAscii && "_.:/=+-@".Contains((char)rune.Value, StringComparison.Ordinal),
    };
}
