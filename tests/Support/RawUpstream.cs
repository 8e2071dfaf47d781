using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sallyport.Tests.Support;

/// <summary>
/// An upstream that sends bytes exactly as given: interim answers, HTTP/1.1 trailers, malformed answers, which no Kestrel would.
/// One request a connection: it reads the head, sends every piece, and closes.
/// </summary>
internal sealed class RawUpstream : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentQueue<string> _heads = new();
    private readonly byte[] _answer;
    private Task _accepting = Task.CompletedTask;

    private RawUpstream(string[] pieces) => _answer = Encoding.Latin1.GetBytes(string.Concat(pieces));

    public string Url => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>Request line and header lines of each request, as received, up to and with the blank line.</summary>
    public IReadOnlyList<string> Heads => [.. _heads];

    public static RawUpstream Start(params string[] pieces)
    {
        var upstream = new RawUpstream(pieces);
        upstream._listener.Start();
        upstream._accepting = upstream.Accept();
        return upstream;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _stopping.Dispose();
    }

    private async Task Accept()
    {
        var answering = new List<Task>();
        try
        {
            while (true)
                answering.Add(Answer(await _listener.AcceptTcpClientAsync(_stopping.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(answering);
        }
    }

    private async Task Answer(TcpClient connection)
    {
        using (connection)
        {
            try
            {
                var stream = connection.GetStream();
                var head = new StringBuilder();
                var one = new byte[1];
                while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
                {
                    if (await stream.ReadAsync(one, _stopping.Token) == 0)
                        return;
                    head.Append((char)one[0]);
                }

                _heads.Enqueue(head.ToString());
                await stream.WriteAsync(_answer, _stopping.Token);
                connection.Client.Shutdown(SocketShutdown.Send);
                // Until the client has closed too: closing over unread bytes would reset what was sent.
                while (await stream.ReadAsync(one, _stopping.Token) > 0)
                    continue;
            }
            catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
            {
                // The client hung up, or the test is over.
            }
        }
    }
}
