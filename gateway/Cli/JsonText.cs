using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sallyport.Gateway.Cli;

/// <summary>Writes JSON for a terminal or a pipe: readable, and with every control and format character escaped.</summary>
internal static class JsonText
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonWriterOptions Compact = Indented with { Indented = false };

    /// <summary>The text of what <paramref name="write"/> writes, several lines.</summary>
    public static string Of(Action<Utf8JsonWriter> write) => Of(write, Indented);

    /// <summary>The same on one line.</summary>
    public static string LineOf(Action<Utf8JsonWriter> write) => Of(write, Compact);

    // What Visible escapes is only ever inside a string, where JSON has the same escape.
    private static string Of(Action<Utf8JsonWriter> write, JsonWriterOptions options)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, options)) write(writer);
        return Visible.Lines(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }
}
