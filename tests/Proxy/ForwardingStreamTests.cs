using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Proxy;

/// <summary>Nothing is gathered up before it is passed on, in either direction.</summary>
public sealed class ForwardingStreamTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    [Theory, EachDoor(alsoHttp2: true)]
    public async Task Each_piece_of_an_answer_arrives_before_the_upstream_has_finished(Door kind, bool http2)
    {
        await using var upstream = await RecordingUpstream.StartAsync();
        await using var door = await FrontDoors.Open(kind, upstream.Url, http2);
        using var client = FrontDoors.Client(door, http2);
        client.DefaultRequestHeaders.Add("Accept", "text/event-stream");
        // YARP sends the headers together with the first piece.
        await upstream.Stream.Writer.WriteAsync("data: 0\n\n");
        using var response = await client.GetAsync("/stream", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        await using var body = await response.Content.ReadAsStreamAsync();
        for (var number = 0; number < 5; number++)
        {
            var piece = $"data: {number}\n\n";
            if (number > 0)
                await upstream.Stream.Writer.WriteAsync(piece);
            var buffer = new byte[piece.Length];
            await body.ReadExactlyAsync(buffer).AsTask().WaitAsync(Patience);
            Assert.Equal(piece, Encoding.ASCII.GetString(buffer));
        }

        upstream.Stream.Writer.Complete();
        Assert.Equal(0, await body.ReadAsync(new byte[1]));
    }

    [Theory, EachDoor(alsoHttp2: true)]
    public async Task A_request_is_passed_on_while_the_client_still_sends_it(Door kind, bool http2)
    {
        await using var upstream = await RecordingUpstream.StartAsync();
        await using var door = await FrontDoors.Open(kind, upstream.Url, http2);
        using var client = FrontDoors.Client(door, http2);
        // Larger than the 4 KB that HttpClient gathers before it writes to an HTTP/1.1 connection.
        var piece = new byte[64 << 10];
        var content = new PushedContent();
        var sending = client.PostAsync("/upload", content);
        await content.Push(piece);
        var request = await upstream.Received();
        await Poll.Until(() => request.BodyLength > 0);
        await content.Push(piece);
        await Poll.Until(() => request.BodyLength > piece.Length);
        content.End();
        using var response = await sending;
        Assert.Equal(Hex(SHA256.HashData(new byte[2 * piece.Length])), request.BodySha256);
        Assert.Equal(["chunked"], request.Values("Transfer-Encoding"));
    }

    [Theory, EachDoor]
    public async Task Both_directions_flow_at_once_from_HTTP_1_to_HTTP_2(Door kind)
    {
        // Not to an HTTP/1.1 upstream: HttpClient there reads an answer only after the whole request is sent.
        await using var upstream = await RecordingUpstream.StartAsync(HttpProtocols.Http2);
        await using var door = await FrontDoors.Open(kind, upstream.Url, upstreamHttp2: true);
        await using var raw = await RawHttp.ConnectAsync(door.Url);
        await raw.Send($"POST /echo-body HTTP/1.1\r\nHost: x\r\n{Line(door)}Transfer-Encoding: chunked\r\n\r\n4\r\nping\r\n");
        var head = await raw.ReadHead();
        Assert.Equal(200, head.Status);
        Assert.Equal("ping"u8.ToArray(), await raw.ReadChunk());
        await raw.Send("5\r\nagain\r\n0\r\n\r\n");
        Assert.Equal("again"u8.ToArray(), await raw.ReadChunk());
        Assert.Empty(await raw.ReadChunk());
    }

    [Theory, EachDoor(alsoHttp2: true)]
    public async Task Sixty_four_megabytes_arrive_byte_for_byte(Door kind, bool http2)
    {
        await using var upstream = await RecordingUpstream.StartAsync(http2 ? HttpProtocols.Http2 : HttpProtocols.Http1);
        await using var door = await FrontDoors.Open(kind, upstream.Url, http2, upstreamHttp2: http2);
        using var client = FrontDoors.Client(door, http2);
        var body = new byte[64 << 20];
        new Random(20_070).NextBytes(body);
        using var response = await client.PostAsync("/upload", new ByteArrayContent(body));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var report = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.Equal(body.Length, (long)report["bytes"]!);
        Assert.Equal(Hex(SHA256.HashData(body)), (string?)report["sha256"]);
        Assert.Equal([$"{body.Length}"], upstream.Requests[0].Values("Content-Length"));
    }

    [Theory, EachDoor]
    public async Task A_large_answer_waits_for_a_slow_reader(Door kind)
    {
        await using var upstream = await RecordingUpstream.StartAsync();
        var body = new byte[32 << 20];
        new Random(20_071).NextBytes(body);
        long written = 0;
        upstream.On("/download", async (context, _) =>
        {
            context.Response.ContentLength = body.Length;
            for (var at = 0; at < body.Length; at += 64 << 10)
            {
                await context.Response.Body.WriteAsync(body.AsMemory(at, 64 << 10), context.RequestAborted);
                Interlocked.Add(ref written, 64 << 10);
            }
        });
        await using var door = await FrontDoors.Open(kind, upstream.Url);
        using var client = FrontDoors.Client(door);
        using var response = await client.GetAsync("/download", HttpCompletionOption.ResponseHeadersRead);
        await using var stream = await response.Content.ReadAsStreamAsync();
        await Poll.Until(async () =>
        {
            var before = Interlocked.Read(ref written);
            await Task.Delay(100);
            return before > 0 && before == Interlocked.Read(ref written);
        });
        // Whatever sockets and pipes on the way hold, it is not the whole answer.
        Assert.True(Interlocked.Read(ref written) < body.Length);

        using var received = new MemoryStream(body.Length);
        await stream.CopyToAsync(received);
        Assert.True(body.AsSpan().SequenceEqual(received.GetBuffer().AsSpan(0, (int)received.Length)));
    }

    private static string Line(IFrontDoor door) => door.Authorization is { } value ? $"Authorization: {value}\r\n" : "";

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
