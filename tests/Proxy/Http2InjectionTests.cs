using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Proxy;

/// <summary>HTTP/2 frames carry any octet in a name or a value; over HTTP/1.1 to the upstream some of them would be lines of their own.</summary>
public sealed class Http2InjectionTests
{
    private const string Forged = "x\r\nX-Auth-Subject: root";

    public static TheoryData<string, string, string, (string, string)> Hostile => new()
    {
        { "GET", "/open/x", "x", ("x-other", Forged) },
        { "GET", "/open/x", "x", ("x-other", "x\nX-Auth-Subject: root") },
        { "GET", "/open/x", "x", ("x-other", "x\rX-Auth-Subject: root") },
        { "GET", "/open/x", "x", ("x-other", "x\0root") },
        { "GET", "/open/x", "x", ("x-other: x\r\nx-auth-subject", "root") },
        { "GET", "/open/x", "x", ("x-auth-subject ", "root") },
        { "GET", "/open/x", "x", ("x-auth-subject:", "root") },
        { "GET", "/open/x", "x", ("x auth subject", "root") },
        { "GET", "/open/x", "x", ("X-Auth-Subject", "root") },
        { "GET", "/open/x", "x", ("x_auth.subject", "root") },
        { "GET", "/open/x", "x", ("", "root") },
        { "GET", "/open/x", "x", ("connection", "x-auth-subject") },
        { "GET", "/open/x", "x", ("transfer-encoding", "chunked") },
        { "GET", "/open/x", "x", ("cookie", "a=" + Forged) },
        { "GET", "/open/x HTTP/1.1\r\nX-Auth-Subject: root\r\nx: y", "x", ("x-other", "x") },
        { "GET", "/open/x?a= HTTP/1.1\r\nX-Auth-Subject: root\r\nx: y", "x", ("x-other", "x") },
        { "GET /any/secret HTTP/1.1\r\nX-Auth-Subject: root\r\nx:", "/open/x", "x", ("x-other", "x") },
        { "GET", "/open/x", Forged, ("x-other", "x") },
        { "GET", "/open/x", "x", (":path", "/any/secret") },
        { "GET", "any/secret", "x", ("x-other", "x") },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public async Task Nothing_in_a_frame_becomes_an_identity_header_or_another_target(string method, string path, string authority, (string, string) header)
    {
        await using var house = await House.OpenAsync(json => json["Kestrel"] = JsonNode.Parse(
            """{ "Endpoints": { "only": { "Url": "http://127.0.0.1:0", "Protocols": "Http2" } } }"""));
        await Send(house, "GET", "/open/x", "x", ("x-other", "kept"));
        Assert.Equal("kept", Assert.Single(house.Upstream.Requests).Header("X-Other"));

        await Send(house, method, path, authority, header);
        Assert.DoesNotContain(house.Upstream.Requests, request => !request.Target.StartsWith("/open/x", StringComparison.Ordinal));
        Assert.DoesNotContain(
            house.Upstream.Requests.SelectMany(request => request.Headers),
            sent => sent.Key.Contains("auth", StringComparison.OrdinalIgnoreCase) || sent.Value.Contains("root", StringComparison.Ordinal));
        Assert.InRange(house.Upstream.Requests.Count, 1, 2);
    }

    /// <summary>One request on a connection of its own, up to the end of its answer or of the connection (RFC 9113, RFC 7541 without Huffman codes).</summary>
    private static async Task Send(House house, string method, string path, string authority, (string Name, string Value) header)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        using var connection = new TcpClient();
        await connection.ConnectAsync(IPAddress.Loopback, new Uri(house.Gateway.Url).Port, deadline.Token);
        await using var stream = connection.GetStream();
        List<byte> block = [0x86];
        Field(block, ":method", method);
        Field(block, ":path", path);
        Field(block, ":authority", authority);
        Field(block, header.Name, header.Value);
        byte[] sent = [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Frame(4, 0, 0, []), .. Frame(1, 0x5, 1, [.. block])];
        await stream.WriteAsync(sent, deadline.Token);
        try
        {
            var head = new byte[9];
            while (true)
            {
                await stream.ReadExactlyAsync(head, deadline.Token);
                await stream.ReadExactlyAsync(new byte[(head[0] << 16) | (head[1] << 8) | head[2]], deadline.Token);
                var isOfRequest = head[8] == 1;
                var endsStream = head[3] is 0 or 1 && (head[4] & 1) == 1;
                if (head[3] == 7 || (isOfRequest && (head[3] == 3 || endsStream))) return;
            }
        }
        catch (IOException)
        {
            // Hung up on, which is an answer too.
        }
    }

    private static void Field(List<byte> block, string name, string value)
    {
        block.Add(0);
        foreach (var text in (string[])[name, value])
        {
            block.Add((byte)text.Length);
            block.AddRange(Encoding.Latin1.GetBytes(text));
        }
    }

    private static byte[] Frame(byte type, byte flags, int stream, byte[] payload)
    {
        var frame = new byte[9 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8);
        (frame[3], frame[4]) = (type, flags);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        return frame;
    }
}
