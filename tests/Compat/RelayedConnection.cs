using System.Net;
using System.Net.Sockets;

namespace Sallyport.Tests.Compat;

/// <summary>One connection of a client through a <see cref="Relay"/>, with the one to the server that belongs to it.</summary>
internal sealed class RelayedConnection(Socket client, Socket server, int pieceLength) : IDisposable
{
    private long _answersLeft = long.MaxValue;

    /// <summary>Bytes are taken and dropped; both ends stay open.</summary>
    public bool Silent { get; set; }

    /// <summary>Resets the client's connection once so many more bytes of answers have passed.</summary>
    public void ResetAfter(int bytes) => Interlocked.Exchange(ref _answersLeft, bytes);

    public async Task Run(int serverPort)
    {
        try
        {
            client.NoDelay = server.NoDelay = true;
            await server.ConnectAsync(IPAddress.Loopback, serverPort);
            await Task.WhenAny(Questions(), Answers());
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
        }

        Dispose();
    }

    public void Dispose()
    {
        client.Dispose();
        server.Dispose();
    }

    private async Task Questions()
    {
        try
        {
            var buffer = new byte[32 * 1024];
            while (await client.ReceiveAsync(buffer) is > 0 and var count)
                if (!Silent)
                    await SendAll(server, buffer.AsMemory(0, count));
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task Answers()
    {
        try
        {
            var buffer = new byte[32 * 1024];
            while (await server.ReceiveAsync(buffer) is > 0 and var count)
            {
                if (Silent)
                    continue;
                var passing = (int)Math.Min(count, Interlocked.Read(ref _answersLeft));
                for (var sent = 0; sent < passing; sent += pieceLength)
                    await SendAll(client, buffer.AsMemory(sent, Math.Min(pieceLength, passing - sent)));
                if (Interlocked.Add(ref _answersLeft, -passing) > 0)
                    continue;
                // A reset instead of an orderly end.
                client.LingerState = new LingerOption(enable: true, 0);
                return;
            }
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
        }
    }

    private static async Task SendAll(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
            bytes = bytes[await socket.SendAsync(bytes)..];
    }
}
