using System.Globalization;
using System.Text;

namespace Sallyport.Gateway.Cli;

/// <summary>Makes foreign text fit for a terminal: nothing in it moves the cursor, changes colours or reorders what is read.</summary>
internal static class Visible
{
    /// <summary>The text on one line; control, format and unassigned characters and lone surrogates as <c>\uXXXX</c>.</summary>
    public static string Line(string text) => Of(text, isBreakKept: false);

    /// <summary>The same, with line breaks kept.</summary>
    public static string Lines(string text) => Of(text, isBreakKept: true);

    private static string Of(string text, bool isBreakKept)
    {
        StringBuilder? visible = null;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            var isPair = char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]);
            var length = isPair ? 2 : 1;
            if ((c == '\n' && isBreakKept) || !IsHidden(CharUnicodeInfo.GetUnicodeCategory(text, i)))
            {
                visible?.Append(text, i, length);
            }
            else
            {
                visible ??= new StringBuilder(text, 0, i, text.Length + 16);
                for (var j = i; j < i + length; j++)
                    visible.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[j]:x4}");
            }

            i += length - 1;
        }

        return visible?.ToString() ?? text;
    }

    private static bool IsHidden(UnicodeCategory category) => category
        is UnicodeCategory.Control
        or UnicodeCategory.Format
        or UnicodeCategory.Surrogate
        or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator;
}
