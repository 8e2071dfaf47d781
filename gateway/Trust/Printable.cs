using System.Text.Json;

namespace Sallyport.Gateway.Trust;

/// <summary>Foreign text made fit for a log line: control and non-ASCII characters escaped, length bounded.</summary>
internal static class Printable
{
    private const int MostCharacters = 128;

    public static string Of(string? text) =>
        text is null ? "(none)" : JsonEncodedText.Encode(text.Length <= MostCharacters ? text : text[..MostCharacters]).ToString();
}
