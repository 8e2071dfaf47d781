using System.Text.RegularExpressions;
using Sallyport.Gateway.Proxy;

namespace Sallyport.Gateway.Configuration;

/// <summary>Reads <c>Sallyport:Forwarding</c>.</summary>
internal static partial class ForwardingSection
{
    private const int LongestPrefix = 64;

    /// <summary>What follows the prefix in the headers that the gateway always writes.</summary>
    internal static readonly string[] BuiltIn = ["Subject", "Issuer", "Issuer-Name", "Audience", "Scope", "Expires", "Token-Id", "Assertion"];

    /// <summary>Headers by which clients and servers talk about the connection: no proxy may give them another meaning.</summary>
    private static readonly string[] Connection =
    [
        "Connection", "Expect", "Host", "Http2-Settings", "Keep-Alive", "Proxy-Connection", "Te", "Trailer", "Upgrade", "Via",
        "X-Forwarded-Host", "X-Forwarded-Prefix", "X-Forwarded-Proto",
    ];

    /// <summary>Headers that a prefix must not take away, because the gateway removes every client header that begins with it.</summary>
    private static readonly string[] Ordinary =
    [
        "Accept", "Accept-Encoding", "Accept-Language", "Access-Control-Request-Method", "Authorization", "Cache-Control",
        "Content-Length", "Content-Type", "Cookie", "Forwarded", "Grpc-Timeout", "Idempotency-Key", "If-Match", "If-None-Match",
        "Proxy-Authorization", "Range", "Sec-Fetch-Mode", "Sec-WebSocket-Key", "Traceparent", "Transfer-Encoding", "User-Agent",
        "X-Correlation-Id", "X-Forwarded-For", "X-Real-Ip", "X-Request-Id", "X-Requested-With",
    ];

    public static ForwardingOptions Read(SectionReader section)
    {
        var standard = new ForwardingOptions();
        var options = standard with
        {
            Prefix = Prefix(section) ?? standard.Prefix,
            Claims = Claims(section.Object("Claims")),
            KeepToken = section.Choice("Token", "Strip", "Keep") == "Keep",
            MaxBytes = section.Integer("MaxBytes", standard.MaxBytes, 256, 64 * 1024),
            CloseOnExpiry = section.Boolean("CloseOnExpiry", standard.CloseOnExpiry),
        };
        section.Finish();
        return options;
    }

    /// <summary>Whether the name is that of a header with a meaning of its own.</summary>
    public static bool IsOrdinary(string header) => Ordinary.Concat(Connection).Contains(header, StringComparer.OrdinalIgnoreCase);

    private static string? Prefix(SectionReader section)
    {
        if (section.String("Prefix") is not { } prefix)
            return null;
        if (prefix.Length > LongestPrefix || !PrefixShape().IsMatch(prefix) || !prefix.Any(char.IsAsciiLetter))
            section.Wrong("Prefix", $"is {Quoted.Text(prefix)}.", $"Write letters and digits in groups joined by single hyphens, with a letter and a hyphen at the end, up to {LongestPrefix} characters: \"X-Auth-\".");
        else if (Array.Find(Ordinary, header => header.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) is { } header)
            section.Wrong("Prefix", $"is {Quoted.Text(prefix)}, with which {header} begins: the gateway would remove that header from every request.", "Choose a prefix that no ordinary header has, such as \"X-Auth-\".");
        else
            return prefix;
        return null;
    }

    private static Dictionary<string, string> Claims(SectionReader section)
    {
        var claims = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (header, value) in section.NamedValues())
        {
            var at = section.Path.Member(header);
            if (header.Length > LongestPrefix || !HeaderShape().IsMatch(header))
                section.Wrong(at, "is no name for a header.", "Use letters and digits in groups joined by single hyphens; the prefix comes before it.");
            else if (BuiltIn.Contains(header, StringComparer.OrdinalIgnoreCase))
                section.Wrong(at, "is a header that the gateway writes itself.", "Choose another name for the header.");
            else if (value.GetChildren().Any() || string.IsNullOrWhiteSpace(value.Value))
                section.Wrong(at, "names no claim.", "Write the name of one claim.");
            else
                claims[header] = value.Value;
        }

        return claims;
    }

    [GeneratedRegex(@"^([A-Za-z0-9]+-)+\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex PrefixShape();

    [GeneratedRegex(@"^[A-Za-z0-9]+(-[A-Za-z0-9]+)*\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex HeaderShape();
}
