using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Sallyport.Tests.Support;

/// <summary>A TCP port of 127.0.0.1 that nobody listens on, for a server that is told its port, or stops for a while and starts again on it.</summary>
/// <remarks>
/// Not among those that systems give to outgoing connections and to listeners without a port of their own: nobody takes it in the
/// meantime, and a client that keeps trying it cannot by chance connect to itself. No port is given twice by one process.
/// </remarks>
internal static class FreePort
{
    private static readonly ConcurrentDictionary<int, bool> Given = new();

    public static int Next()
    {
        while (true)
        {
            var port = Random.Shared.Next(12_000, 32_000);
            if (!Given.TryAdd(port, true))
                continue;
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
            }
        }
    }
}
