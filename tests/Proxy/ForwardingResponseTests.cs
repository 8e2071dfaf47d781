using System.Net;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Proxy;

/// <summary>Answers as bytes: what has no body gets none, header lines stay apart, interim answers and trailers do no harm.</summary>
public sealed class ForwardingResponseTests
{
    [Theory, EachDoor]
    public async Task HEAD_keeps_the_length_and_sends_no_body(Door kind)
    {
        await using var upstream = await RecordingUpstream.StartAsync();
        upstream.On("/sized", async (context, _) =>
        {
            context.Response.ContentLength = 1234;
            if (context.Request.Method == "GET")
                await context.Response.Body.WriteAsync(new byte[1234]);
        });
        await using var door = await FrontDoors.Open(kind, upstream.Url);
        await using var raw = await RawHttp.ConnectAsync(door.Url);
        await raw.Send(Request(door, "HEAD", "/sized"));
        var head = await raw.Read(ofHead: true);
        Assert.Equal(200, head.Status);
        Assert.Equal("1234", head.Header("Content-Length"));
        // The next answer on the connection starts where a body would have been.
        await raw.Send(Request(door, "GET", "/sized"));
        Assert.Equal(1234, (await raw.Read()).Body.Length);
        Assert.Equal(["HEAD", "GET"], upstream.Requests.Select(request => request.Method));
    }

    [Theory, EachDoor]
    public async Task Statuses_without_a_body_have_none_and_keep_their_headers(Door kind)
    {
        await using var upstream = await RecordingUpstream.StartAsync();
        await using var door = await FrontDoors.Open(kind, upstream.Url);
        await using var raw = await RawHttp.ConnectAsync(door.Url);
        foreach (var status in new[] { 304, 204 })
        {
            await raw.Send(Request(door, "GET", $"/status?code={status}", "If-None-Match: \"v1\"\r\n"));
            var response = await raw.Read();
            Assert.Equal(status, response.Status);
            Assert.Equal("\"v1\"", response.Header("ETag"));
            Assert.Empty(response.Values("Transfer-Encoding"));
        }

        Assert.All(upstream.Requests, request => Assert.Equal("\"v1\"", request.Header("If-None-Match")));
        await raw.Send(Request(door, "GET", "/"));
        Assert.Equal(200, (await raw.Read()).Status);
    }

    [Theory, EachDoor]
    public async Task Statuses_of_the_upstream_are_its_own_to_choose(Door kind)
    {
        await using var upstream = await RecordingUpstream.StartAsync();
        await using var door = await FrontDoors.Open(kind, upstream.Url);
        using var client = FrontDoors.Client(door);
        foreach (var status in new[] { 201, 206, 302, 400, 401, 403, 404, 418, 429, 451, 500, 502, 503, 599 })
        {
            using var response = await client.GetAsync($"/status?code={status}");
            Assert.Equal(status, (int)response.StatusCode);
            Assert.Empty(await response.Content.ReadAsByteArrayAsync());
            Assert.Empty(response.Headers.WwwAuthenticate);
        }
    }

    [Theory, EachDoor]
    public async Task Set_Cookie_lines_stay_apart_and_other_repeated_headers_keep_every_value(Door kind)
    {
        await using var upstream = RawUpstream.Start(
            "HTTP/1.1 200 OK\r\nSet-Cookie: a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT\r\nX-Many: one\r\nSet-Cookie: b=2\r\n",
            "X-Many: two, three\r\nServer: theirs\r\nX-Empty:\r\nConnection: X-Hop\r\nX-Hop: 1\r\nContent-Length: 2\r\n\r\nok");
        await using var door = await FrontDoors.Open(kind, upstream.Url);
        await using var raw = await RawHttp.ConnectAsync(door.Url);
        await raw.Send(Request(door, "GET", "/"));
        var response = await raw.Read();
        Assert.Equal("ok", response.Text);
        Assert.Equal(["a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT", "b=2"], response.Values("Set-Cookie"));
        Assert.Equal("one, two, three", string.Join(", ", response.Values("X-Many")));
        Assert.Equal("theirs", response.Header("Server"));
        Assert.Equal("", response.Header("X-Empty"));
        Assert.Empty(response.Values("Connection"));
    }

    [Theory, EachDoor]
    public async Task Interim_answers_are_passed_over(Door kind)
    {
        await using var upstream = RawUpstream.Start(
            "HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfinal");
        await using var door = await FrontDoors.Open(kind, upstream.Url);
        await using var raw = await RawHttp.ConnectAsync(door.Url);
        await raw.Send(Request(door, "GET", "/"));
        var response = await raw.ReadOne();
        Assert.Equal(200, response.Status);
        Assert.Equal("final", response.Text);
        Assert.Empty(response.Values("Link"));
    }

    [Theory, EachDoor(alsoHttp2: true)]
    public async Task Trailers_after_chunks_reach_a_client_that_can_take_them(Door kind, bool http2)
    {
        await using var upstream = RawUpstream.Start(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: Checksum\r\n\r\n5;part=1\r\nhello\r\n6\r\n world\r\n0\r\nChecksum: 7\r\n\r\n");
        await using var door = await FrontDoors.Open(kind, upstream.Url, http2);
        using var client = FrontDoors.Client(door, http2);
        using var response = await client.GetAsync("/");
        Assert.Equal("hello world", await response.Content.ReadAsStringAsync());
        // Kestrel sends none over HTTP/1.1.
        Assert.Equal(http2 ? ["7"] : [], response.TrailingHeaders.TryGetValues("Checksum", out var values) ? values : []);
    }

    [Theory, EachDoor]
    public async Task A_body_that_ends_with_the_connection_arrives_whole(Door kind)
    {
        await using var upstream = RawUpstream.Start("HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nno length, no chunks");
        await using var door = await FrontDoors.Open(kind, upstream.Url);
        using var client = FrontDoors.Client(door);
        Assert.Equal("no length, no chunks", await client.GetStringAsync("/"));
    }

    [Theory, EachDoor]
    public async Task A_body_shorter_than_its_length_breaks_the_response(Door kind)
    {
        await using var upstream = RawUpstream.Start("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort");
        await using var door = await FrontDoors.Open(kind, upstream.Url);
        using var client = FrontDoors.Client(door);
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync("/"));
    }

    [Theory, EachDoor]
    public async Task An_encoded_body_is_passed_on_as_it_is(Door kind)
    {
        await using var upstream = await RecordingUpstream.StartAsync();
        byte[] body = [0x1f, 0x8b, 1, 2, 3];
        upstream.On("/zipped", async (context, _) =>
        {
            context.Response.Headers.ContentEncoding = "gzip";
            await context.Response.Body.WriteAsync(body);
        });
        await using var door = await FrontDoors.Open(kind, upstream.Url);
        using var client = FrontDoors.Client(door);
        using var response = await client.GetAsync("/zipped");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["gzip"], response.Content.Headers.ContentEncoding);
        Assert.Equal(body, await response.Content.ReadAsByteArrayAsync());
        Assert.Null(upstream.Requests[0].Header("Accept-Encoding"));
    }

    private static string Request(IFrontDoor door, string method, string target, string lines = "") =>
        $"{method} {target} HTTP/1.1\r\nHost: x\r\n{(door.Authorization is { } value ? $"Authorization: {value}\r\n" : "")}{lines}\r\n";
}
