namespace Sallyport.Gateway.Configuration;

/// <summary>Writes a value of the configuration into a message: short, on one line, in double quotes.</summary>
internal static class Quoted
{
    private const int Longest = 60;

    public static string Text(string value)
    {
        var shown = value.Length > Longest ? string.Concat(value.AsSpan(0, Longest), "...") : value;
        return "\"" + string.Concat(shown.Select(c => char.IsControl(c) ? '?' : c)) + "\"";
    }

    public static string List(IEnumerable<string> values) => string.Join(", ", values.Select(Text));
}
