using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sallyport.Tests.Support;

/// <summary>
/// One HTTP/1.1 connection that sends bytes exactly as given, because <see cref="HttpClient"/> would tidy them up. Reading
/// frames a body by RFC 9112 section 6: none, Transfer-Encoding chunked, Content-Length, or up to the close. Every wait ends after 15 s.
/// </summary>
internal sealed class RawHttp : IAsyncDisposable
{
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(15));
    private readonly TcpClient _connection = new();
    private BufferedStream _stream = null!;

    private RawHttp()
    {
    }

    public static Task<RawHttp> ConnectAsync(string url) => ConnectAsync(new Uri(url).Port);

    public static async Task<RawHttp> ConnectAsync(int port)
    {
        var raw = new RawHttp();
        await raw._connection.ConnectAsync(IPAddress.Loopback, port, raw._deadline.Token);
        raw._connection.NoDelay = true;
        raw._stream = new BufferedStream(raw._connection.GetStream());
        return raw;
    }

    /// <summary>Connects, sends one request, reads its final answer, hangs up.</summary>
    public static async Task<RawResponse> SendAsync(string url, string request)
    {
        await using var raw = await ConnectAsync(url);
        await raw.Send(request);
        return await raw.Read(ofHead: request.StartsWith("HEAD ", StringComparison.Ordinal));
    }

    /// <summary>Sends characters U+0000 to U+00FF as one byte each; line ends are sent as written.</summary>
    public Task Send(string text) => Send(Encoding.Latin1.GetBytes(text));

    public async Task Send(ReadOnlyMemory<byte> bytes)
    {
        await _connection.GetStream().WriteAsync(bytes, _deadline.Token);
    }

    /// <summary>Reads a final response, passing over interim ones (1xx but 101).</summary>
    public async Task<RawResponse> Read(bool ofHead = false)
    {
        RawResponse response;
        do
            response = await ReadOne(ofHead);
        while (response.Status is >= 100 and < 200 and not 101);
        return response;
    }

    /// <summary>Reads one response, interim or final, with its body.</summary>
    /// <exception cref="IOException">The connection ended or was reset within it.</exception>
    public async Task<RawResponse> ReadOne(bool ofHead = false)
    {
        var head = await ReadHead();
        var trailers = new List<KeyValuePair<string, string>>();
        if (ofHead || head.Status is < 200 or 204 or 304)
            return head;
        var body = head switch
        {
            _ when head.Values("Transfer-Encoding").Contains("chunked") => await ReadChunked(trailers),
            _ when head.Header("Content-Length") is { } length => await ReadExactly(int.Parse(length)),
            _ => await ReadToEnd(),
        };
        return head with { Body = body, Trailers = trailers };
    }

    /// <summary>Reads the status line and the header lines only.</summary>
    public async Task<RawResponse> ReadHead()
    {
        var statusLine = await ReadLine();
        if (!statusLine.StartsWith("HTTP/1.", StringComparison.Ordinal))
            throw new IOException($"Not a status line: {statusLine}");
        return new RawResponse(int.Parse(statusLine.AsSpan(9, 3)), statusLine, await ReadFields(), [], []);
    }

    /// <summary>Reads one chunk of a chunked body (RFC 9112 section 7.1); empty for the last one, whose trailer section is left unread.</summary>
    public async Task<byte[]> ReadChunk()
    {
        var size = Convert.ToInt32((await ReadLine()).Split(';')[0].Trim(), 16);
        if (size == 0)
            return [];
        var chunk = await ReadExactly(size);
        await ReadLine();
        return chunk;
    }

    /// <summary>True when the peer ends the connection, orderly or by reset, without sending more.</summary>
    public async Task<bool> EndsHere()
    {
        try
        {
            return await _stream.ReadAsync(new byte[1], _deadline.Token) == 0;
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>Hangs up with a reset instead of an orderly close.</summary>
    public void Reset()
    {
        _connection.Client.LingerState = new LingerOption(enable: true, seconds: 0);
        _connection.Close();
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _connection.Dispose();
        _deadline.Dispose();
    }

    private async Task<byte[]> ReadChunked(List<KeyValuePair<string, string>> trailers)
    {
        using var body = new MemoryStream();
        while (await ReadChunk() is { Length: > 0 } chunk)
            body.Write(chunk);
        trailers.AddRange(await ReadFields());
        return body.ToArray();
    }

    private async Task<byte[]> ReadExactly(int count)
    {
        var body = new byte[count];
        await _stream.ReadExactlyAsync(body, _deadline.Token);
        return body;
    }

    private async Task<byte[]> ReadToEnd()
    {
        using var body = new MemoryStream();
        await _stream.CopyToAsync(body, _deadline.Token);
        return body.ToArray();
    }

    private async Task<List<KeyValuePair<string, string>>> ReadFields()
    {
        var fields = new List<KeyValuePair<string, string>>();
        while (await ReadLine() is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':');
            fields.Add(colon < 0 ? new(line, "") : new(line[..colon], line[(colon + 1)..].Trim()));
        }

        return fields;
    }

    private async Task<string> ReadLine()
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (await _stream.ReadAsync(one, _deadline.Token) > 0)
        {
            if (one[0] == '\n')
                return line.ToString();
            if (one[0] != '\r')
                line.Append((char)one[0]);
        }

        throw new EndOfStreamException($"The connection ended after \"{line}\"");
    }
}
