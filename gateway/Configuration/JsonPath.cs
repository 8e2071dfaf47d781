using System.Globalization;
using System.Text;

namespace Sallyport.Gateway.Configuration;

/// <summary>A place in the configuration, written as a JSON path (RFC 9535): <c>$.Sallyport.Policies['a.b'].Scopes.All[0]</c>.</summary>
/// <remarks>One liberty: names with hyphens are written plainly, because most route and policy names have them.</remarks>
internal readonly record struct JsonPath(string Text)
{
    public static JsonPath Root => new("$");

    public static JsonPath Sallyport => Root.Member("Sallyport");

    public static JsonPath ReverseProxy => Root.Member("ReverseProxy");

    /// <summary>The place of the member <paramref name="name"/> of the object here.</summary>
    public JsonPath Member(string name) =>
        new(IsPlain(name) ? $"{Text}.{name}" : $"{Text}['{Escaped(name)}']");

    /// <summary>The place of an element of the array here.</summary>
    public JsonPath Element(int index) => new(string.Create(CultureInfo.InvariantCulture, $"{Text}[{index}]"));

    public override string ToString() => Text;

    private static bool IsPlain(string name) =>
        name.Length > 0
        && (char.IsAsciiLetter(name[0]) || name[0] == '_')
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');

    private static string Escaped(string name)
    {
        var text = new StringBuilder(name.Length);
        foreach (var c in name)
        {
            if (c is '\'' or '\\')
                text.Append('\\').Append(c);
            else if (char.IsControl(c) || char.IsSurrogate(c))
                text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                text.Append(c);
        }

        return text.ToString();
    }
}
