using System.Text;

namespace Sallyport.Tests.Support;

/// <summary>An HTTP/1.1 response as it came over the wire: header lines in their order, casing and number.</summary>
internal sealed record RawResponse(
    int Status,
    string StatusLine,
    IReadOnlyList<KeyValuePair<string, string>> Headers,
    byte[] Body,
    IReadOnlyList<KeyValuePair<string, string>> Trailers)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public string[] Values(string name) =>
        [.. Headers.Where(header => string.Equals(header.Key, name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value)];

    public string? Header(string name) => Values(name).SingleOrDefault();
}
