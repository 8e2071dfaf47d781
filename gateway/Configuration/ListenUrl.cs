using System.Net;

namespace Sallyport.Gateway.Configuration;

/// <summary>Reads an address to listen on: <c>http://</c>, an IP address or localhost, and a port.</summary>
internal static class ListenUrl
{
    public static Uri? Read(SectionReader section, string key)
    {
        if (section.Url(key) is not { } url)
            return null;
        if (url.Scheme != "http" || url.PathAndQuery != "/")
            section.Wrong(key, "is not just http, a host and a port.", "Write it like \"http://127.0.0.1:8081\".");
        else if (!url.IsLoopback && !IPAddress.TryParse(url.DnsSafeHost, out _))
            section.Wrong(key, "names a host, for which the server would listen on every address.", "Write an IP address or localhost; \"0.0.0.0\" if every address is meant.");
        else
            return url;
        return null;
    }
}
