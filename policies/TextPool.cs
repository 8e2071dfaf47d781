using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Sallyport.Policies;

/// <summary>
/// Short texts that many tokens have in common (names of claims, issuers, audiences, scopes, tenants) as one string each, because verified tokens
/// are kept by the thousand.
/// </summary>
/// <remarks>
/// Tables of fixed size, in which a text takes the place of the one that had its slot. Threads share them without a lock: an entry is whole or not
/// seen, and whoever is overtaken has a string of its own.
/// </remarks>
internal static class TextPool
{
    private const int Slots = 4096;
    private const int MaxLength = 64;

    private static readonly string?[] Texts = new string?[Slots];
    private static readonly TextList?[] Words = new TextList?[Slots];
    private static readonly TextList?[] Singles = new TextList?[Slots];

    /// <summary>The name of a member.</summary>
    /// <exception cref="InvalidOperationException">No valid Unicode text.</exception>
    public static string NameOf(JsonProperty member)
    {
        var raw = JsonMarshal.GetRawUtf8PropertyName(member);
        return IsPlain(raw) ? Of(raw) : member.Name;
    }

    /// <summary>The text of a string or a number.</summary>
    /// <exception cref="InvalidOperationException">No valid Unicode text.</exception>
    public static string TextOf(JsonElement value)
    {
        var raw = JsonMarshal.GetRawUtf8Value(value);
        if (value.ValueKind == JsonValueKind.Number) return IsPlain(raw) ? Of(raw) : value.GetRawText();
        // Without its quotes.
        return IsPlain(raw[1..^1]) ? Of(raw[1..^1]) : value.GetString()!;
    }

    /// <summary>An equal string.</summary>
    public static string Of(string text)
    {
        if (text.Length > MaxLength) return text;
        ref var slot = ref Texts[Slot(text)];
        return slot is { } known && string.Equals(known, text, StringComparison.Ordinal) ? known : slot = text;
    }

    /// <summary>A list of this text alone. Nobody may change it.</summary>
    public static string[] Single(string text)
    {
        ref var slot = ref Singles[Slot(text)];
        if (slot is { } known && string.Equals(known.Text, text, StringComparison.Ordinal)) return known.Items;
        string[] items = [text];
        if (text.Length <= MaxLength) slot = new TextList(text, items);
        return items;
    }

    /// <summary>What stands between its spaces. Nobody may change it.</summary>
    public static string[] Split(string text)
    {
        ref var slot = ref Words[Slot(text)];
        if (slot is { } known && string.Equals(known.Text, text, StringComparison.Ordinal)) return known.Items;
        var items = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (text.Length <= MaxLength) slot = new TextList(text, items);
        return items;
    }

    private static string Of(ReadOnlySpan<byte> ascii)
    {
        Span<char> text = stackalloc char[ascii.Length];
        Encoding.ASCII.GetChars(ascii, text);
        ref var slot = ref Texts[Slot(text)];
        return slot is { } known && text.SequenceEqual(known) ? known : slot = new string(text);
    }

    private static int Slot(ReadOnlySpan<char> text) => string.GetHashCode(text, StringComparison.Ordinal) & (Slots - 1);

    // Short, ASCII, and without escapes.
    private static bool IsPlain(ReadOnlySpan<byte> raw) => raw.Length <= MaxLength && Ascii.IsValid(raw) && !raw.Contains((byte)'\\');
}
