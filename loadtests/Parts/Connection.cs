using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;

namespace Sallyport.LoadTests.Parts;

/// <summary>One keep-alive connection. Knows just enough of HTTP/1.1 to find the end of an answer with a Content-Length.</summary>
internal sealed class Connection : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[16 * 1024];

    private Connection()
    {
    }

    /// <summary>Size of the answer that came last.</summary>
    public int AnswerBytes { get; private set; }

    /// <param name="server">Whom to connect to.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <param name="from">The address that the server sees; the system's choice where not given.</param>
    public static async Task<Connection> OpenAsync(EndPoint server, CancellationToken cancellation, IPAddress? from = null)
    {
        var connection = new Connection();
        if (from is not null) connection._socket.Bind(new IPEndPoint(from, 0));
        await connection._socket.ConnectAsync(server, cancellation);
        return connection;
    }

    /// <summary>Sends one request, reads one whole answer and returns its status.</summary>
    /// <exception cref="InvalidDataException">The answer has no Content-Length, is over 16 KiB, or ends early.</exception>
    public async ValueTask<int> ExchangeAsync(ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        for (var sent = 0; sent < request.Length;) sent += await _socket.SendAsync(request[sent..], cancellation);

        var filled = 0;
        var end = -1;
        while (end < 0 || filled < end)
        {
            var read = await _socket.ReceiveAsync(_buffer.AsMemory(filled), cancellation);
            if (read == 0) throw new InvalidDataException("The answer is too long or ends early.");
            filled += read;
            if (end < 0) end = EndOf(_buffer.AsSpan(0, filled));
        }

        AnswerBytes = filled;
        // HTTP/1.1 200
        return Utf8Parser.TryParse(_buffer.AsSpan(9, 3), out int status, out _) ? status : 0;
    }

    public void Dispose() => _socket.Dispose();

    private static int EndOf(ReadOnlySpan<byte> answer)
    {
        var head = answer.IndexOf("\r\n\r\n"u8);
        if (head < 0) return -1;
        // HAProxy writes names in small letters.
        var at = answer[..head].IndexOf("\r\nContent-Length: "u8);
        if (at < 0) at = answer[..head].IndexOf("\r\ncontent-length: "u8);
        if (at < 0 || !Utf8Parser.TryParse(answer[(at + "\r\nContent-Length: ".Length)..], out int length, out _))
            throw new InvalidDataException("The answer has no Content-Length.");
        return head + 4 + length;
    }
}
