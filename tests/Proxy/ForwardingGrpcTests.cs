using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Proxy;

/// <summary>HTTP/2 from end to end with what gRPC needs of it: TE, length-prefixed messages both ways, status in trailers.</summary>
public sealed class ForwardingGrpcTests
{
    [Theory, EachDoor]
    public async Task A_unary_call_keeps_message_metadata_and_trailers(Door kind)
    {
        await using var upstream = await RecordingUpstream.StartAsync(HttpProtocols.Http2);
        await using var door = await FrontDoors.Open(kind, upstream.Url, http2: true, upstreamHttp2: true);
        using var client = FrontDoors.Client(door, http2: true);
        using var call = Call("/trailers", new ByteArrayContent(Framed("ping")));
        call.Headers.Add("x-custom-bin", "AAEC");

        using var response = await client.SendAsync(call);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(HttpVersion.Version20, response.Version);
        Assert.Equal("application/grpc", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(Framed("ping"), await response.Content.ReadAsByteArrayAsync());
        Assert.Equal(["0"], response.TrailingHeaders.GetValues("grpc-status"));
        Assert.Equal(["said%20by%20the%20upstream"], response.TrailingHeaders.GetValues("grpc-message"));

        var received = Assert.Single(upstream.Requests);
        Assert.Equal("HTTP/2", received.Protocol);
        Assert.Equal("trailers", received.Header("te"));
        Assert.Equal("AAEC", received.Header("x-custom-bin"));
        Assert.Equal("1S", received.Header("grpc-timeout"));
    }

    [Theory, EachDoor]
    public async Task A_call_that_fails_at_once_keeps_its_status_without_a_body(Door kind)
    {
        await using var upstream = await RecordingUpstream.StartAsync(HttpProtocols.Http2);
        await using var door = await FrontDoors.Open(kind, upstream.Url, http2: true, upstreamHttp2: true);
        using var client = FrontDoors.Client(door, http2: true);
        using var call = Call("/trailers?only", new ByteArrayContent(Framed("ping")));
        using var response = await client.SendAsync(call);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
        Assert.Equal(["5"], response.TrailingHeaders.GetValues("grpc-status"));
    }

    [Theory, EachDoor]
    public async Task A_streaming_call_answers_each_message_before_the_next_is_sent(Door kind)
    {
        await using var upstream = await RecordingUpstream.StartAsync(HttpProtocols.Http2);
        await using var door = await FrontDoors.Open(kind, upstream.Url, http2: true, upstreamHttp2: true);
        using var client = FrontDoors.Client(door, http2: true);
        var content = new PushedContent();
        using var call = Call("/trailers", content);
        // YARP sends the headers together with the first answer.
        await content.Push(Framed("message 0"));
        using var response = await client.SendAsync(call, HttpCompletionOption.ResponseHeadersRead);
        await using var answers = await response.Content.ReadAsStreamAsync();
        for (var number = 0; number < 20; number++)
        {
            var message = Framed($"message {number}");
            if (number > 0)
                await content.Push(message);
            var answer = new byte[message.Length];
            await answers.ReadExactlyAsync(answer).AsTask().WaitAsync(TimeSpan.FromSeconds(15));
            Assert.Equal(message, answer);
        }

        content.End();
        Assert.Equal(0, await answers.ReadAsync(new byte[1]));
        Assert.Equal(["0"], response.TrailingHeaders.GetValues("grpc-status"));
    }

    [Theory, EachDoor]
    public async Task Many_calls_share_one_connection(Door kind)
    {
        await using var upstream = await RecordingUpstream.StartAsync(HttpProtocols.Http2);
        await using var door = await FrontDoors.Open(kind, upstream.Url, http2: true, upstreamHttp2: true);
        using var client = FrontDoors.Client(door, http2: true);
        var held = Enumerable.Range(0, 50).Select(number => client.GetStringAsync($"/slow?{number}")).ToArray();
        await upstream.Received(50);
        upstream.Slow.Open();
        var answers = await Task.WhenAll(held);
        Assert.Equal(50, answers.Distinct(StringComparer.Ordinal).Count());
    }

    private static HttpRequestMessage Call(string path, HttpContent content)
    {
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        var call = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = content,
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        call.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        call.Headers.Add("grpc-timeout", "1S");
        return call;
    }

    /// <summary>gRPC's length-prefixed message: a flag octet, the length in four, the message.</summary>
    private static byte[] Framed(string message)
    {
        var framed = new byte[5 + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(framed.AsSpan(1), message.Length);
        Encoding.ASCII.GetBytes(message, framed.AsSpan(5));
        return framed;
    }
}
