using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Sallyport.Gateway.Identity;

/// <summary>Where the Workload API listens (SPIFFE Workload Endpoint, section 4): <c>unix:///path</c>, <c>unix:/path</c> or <c>tcp://IP:port</c>.</summary>
internal sealed record WorkloadEndpoint
{
    /// <summary>What says it where the configuration does not.</summary>
    public const string Variable = "SPIFFE_ENDPOINT_SOCKET";

    private WorkloadEndpoint(string text, EndPoint address) => (Text, Address) = (text, address);

    public EndPoint Address { get; }

    private string Text { get; }

    /// <param name="text">What is told to be one.</param>
    /// <param name="endpoint">Null when it is none.</param>
    /// <param name="problem">What is wrong with it, to stand after its name.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out WorkloadEndpoint? endpoint, [NotNullWhen(false)] out string? problem)
    {
        var address = text switch
        {
            _ when text.StartsWith("unix:", StringComparison.Ordinal) => UnixSocket(text["unix:".Length..], out problem),
            _ when text.StartsWith("tcp://", StringComparison.Ordinal) => TcpSocket(text["tcp://".Length..], out problem),
            _ => Refused("is neither unix:///path nor tcp://IP:port.", out problem),
        };
        endpoint = address is null ? null : new WorkloadEndpoint(text, address);
        return endpoint is not null;
    }

    public override string ToString() => Text;

    private static EndPoint? UnixSocket(string rest, out string? problem)
    {
        // unix:relative, unix://relative and unix://host/path name no absolute path.
        var path = rest.StartsWith("//", StringComparison.Ordinal) ? rest[2..] : rest;
        if (!path.StartsWith('/') || path.Length < 2) return Refused("does not name the absolute path of a socket.", out problem);
        if (path.AsSpan().IndexOfAny("?#%\0") >= 0) return Refused("has a query, a fragment, or an escaped character, of which the path of a socket has none.", out problem);
        try
        {
            problem = null;
            return new UnixDomainSocketEndPoint(path);
        }
        catch (ArgumentException)
        {
            return Refused("names a longer path than a socket can have.", out problem);
        }
    }

    private static EndPoint? TcpSocket(string rest, out string? problem)
    {
        var colon = rest.LastIndexOf(':');
        var (host, port) = colon < 0 ? (rest, "") : (rest[..colon], rest[(colon + 1)..]);
        var isBracketed = host is ['[', .., ']'];
        if (!ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == 0
            || !IPAddress.TryParse(isBracketed ? host[1..^1] : host, out var address)
            || address.AddressFamily == AddressFamily.InterNetworkV6 != isBracketed
            || !(isBracketed || string.Equals(address.ToString(), host, StringComparison.Ordinal)))
            return Refused("does not name an IP address and a port, and nothing else.", out problem);
        // Section 3: nobody is authenticated and nothing encrypted there, and the answer holds a private key.
        if (!IPAddress.IsLoopback(address) && !IsLinkLocal(address))
            return Refused("names another machine; the private key would cross the network in the clear.", out problem);
        problem = null;
        return new IPEndPoint(address, number);
    }

    private static bool IsLinkLocal(IPAddress address) =>
        address.IsIPv6LinkLocal || (address.AddressFamily == AddressFamily.InterNetwork && address.GetAddressBytes() is [169, 254, ..]);

    private static EndPoint? Refused(string why, out string problem)
    {
        problem = why;
        return null;
    }
}
