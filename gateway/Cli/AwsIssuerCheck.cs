using Sallyport.Gateway.Configuration;

namespace Sallyport.Gateway.Cli;

/// <summary>What IAM asks of the URL of a provider, before anything is fetched.</summary>
internal static class AwsIssuerCheck
{
    private const int MaxCharacters = 255;

    public static IEnumerable<Mistake> Check(string issuer)
    {
        if (!Uri.TryCreate(issuer, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Host.Length == 0)
        {
            yield return Wrong("is no URL.", "Write it in full: https://gateway.example.com.");
            yield break;
        }

        if (!issuer.StartsWith("https://", StringComparison.Ordinal)) yield return Wrong("is not https.", "Give the gateway a public name with a certificate, and make that the issuer.");
        if (!url.IsDefaultPort || HasWrittenPort(issuer)) yield return Wrong("has a port.", "STS asks port 443 only. Serve the issuer there, and leave the port out.");
        if (url.Query.Length > 0 || url.Fragment.Length > 0 || issuer.AsSpan().IndexOfAny('?', '#') >= 0) yield return Wrong("has a query or a fragment.", "Take out what follows the ? or #.");
        if (url.UserInfo.Length > 0) yield return Wrong("has a user name or a password.", "Take out what is before the @.");
        if (url.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6 || url.IsLoopback) yield return Wrong("names no public host.", "Use a name that the internet can look up.");
        if (issuer.EndsWith('/')) yield return Wrong("ends with a slash.", "IAM takes it off, and the iss of the tokens no longer equals it. Leave it out of the configured issuer.");
        if (issuer.Length > MaxCharacters) yield return Wrong($"is over {MaxCharacters} characters.", "Shorten it.");
    }

    public static bool HasWrittenPort(string url)
    {
        var rest = url[(url.IndexOf("//", StringComparison.Ordinal) + 2)..];
        var authority = rest.AsSpan(0, rest.AsSpan().IndexOfAny("/?#") is var end and >= 0 ? end : rest.Length);
        return authority[(authority.LastIndexOf('@') + 1)..] is var host && host.LastIndexOf(':') > host.LastIndexOf(']');
    }

    private static Mistake Wrong(string problem, string mend) => new("issuer", problem, mend);
}
