using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sallyport.Gateway.Configuration;

/// <summary>Writes mistakes for people, one a paragraph, or for machines.</summary>
internal static class MistakeReport
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static void Write(TextWriter output, IReadOnlyList<Mistake> mistakes)
    {
        for (var i = 0; i < mistakes.Count; i++)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{i + 1}. {mistakes[i].Path} {mistakes[i].Problem}"));
            output.WriteLine($"   {mistakes[i].Mend}");
            output.WriteLine();
        }

        output.WriteLine(mistakes.Count switch
        {
            0 => "No mistakes.",
            1 => "1 mistake.",
            var count => string.Create(CultureInfo.InvariantCulture, $"{count} mistakes."),
        });
    }

    /// <summary>An object with <c>mistakes</c>, each of <c>path</c>, <c>problem</c> and <c>mend</c>.</summary>
    public static void WriteJson(TextWriter output, IReadOnlyList<Mistake> mistakes) =>
        output.WriteLine(JsonSerializer.Serialize(new { mistakes }, Json));
}
