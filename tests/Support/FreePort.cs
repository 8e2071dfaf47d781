using System.Net;
using System.Net.Sockets;

namespace Sallyport.Tests.Support;

/// <summary>A TCP port of 127.0.0.1 that nobody listened on a moment ago, for a process that has to be told its port.</summary>
internal static class FreePort
{
    public static int Next()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>
    /// For a server that stops for a while and starts again on its port. Not among those that systems give to outgoing connections:
    /// nobody takes it in the meantime, and a client that keeps trying it cannot by chance connect to itself.
    /// </summary>
    public static int ForRestarts()
    {
        while (true)
        {
            using var listener = new TcpListener(IPAddress.Loopback, Random.Shared.Next(12_000, 32_000));
            try
            {
                listener.Start();
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            }
            catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
            }
        }
    }
}
