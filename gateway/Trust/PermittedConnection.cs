using System.Net;
using System.Net.Sockets;

namespace Sallyport.Gateway.Trust;

/// <summary>The one place that connects to what an issuer's address leads to: never to a <see cref="ForbiddenAddress"/>.</summary>
internal static class PermittedConnection
{
    /// <summary>Connects to the first of the addresses that may be connected to and that answers.</summary>
    /// <returns>Null where none of them may be.</returns>
    /// <exception cref="SocketException">None of them answers.</exception>
    public static async ValueTask<Stream?> OpenAsync(IEnumerable<IPAddress> addresses, int port, CancellationToken cancellation)
    {
        var permitted = addresses.Where(address => !ForbiddenAddress.Is(address)).ToArray();
        if (permitted.Length == 0) return null;
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(permitted, port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
