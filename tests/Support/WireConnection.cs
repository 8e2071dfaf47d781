using System.Net;
using System.Net.Sockets;

namespace Sallyport.Tests.Support;

/// <summary>One connection over a <see cref="Wire"/>.</summary>
internal sealed class WireConnection(Wire wire, Socket near)
{
    private readonly Socket _far = new(SocketType.Stream, ProtocolType.Tcp);

    public async Task Run(int target, CancellationToken stopping)
    {
        try
        {
            near.NoDelay = _far.NoDelay = true;
            await wire.Passing(stopping);
            await _far.ConnectAsync(IPAddress.Loopback, target, stopping);
            await Task.WhenAll(
                Carry(near, _far, bytes => wire.Passing(bytes, stopping), stopping),
                Carry(_far, near, _ => wire.Passing(stopping), stopping));
            near.Dispose();
            _far.Dispose();
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // One end was reset: so is the other.
            Reset();
        }
    }

    public void Reset()
    {
        foreach (var socket in new[] { near, _far })
        {
            try
            {
                socket.LingerState = new LingerOption(enable: true, seconds: 0);
            }
            catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
            {
                // Closed before.
            }

            socket.Dispose();
        }
    }

    private async Task Carry(Socket from, Socket to, Func<ReadOnlyMemory<byte>, Task> passing, CancellationToken stopping)
    {
        try
        {
            var buffer = new byte[32 * 1024];
            int count;
            while ((count = await from.ReceiveAsync(buffer, stopping)) > 0)
            {
                await passing(buffer.AsMemory(0, count));
                for (var sent = 0; sent < count;)
                    sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), stopping);
            }

            await wire.Passing(stopping);
            to.Shutdown(SocketShutdown.Send);
        }
        catch
        {
            // The other direction waits for bytes that cannot come any more.
            Reset();
            throw;
        }
    }
}
