namespace Sallyport.Tests.Support;

public sealed class RawHttpTests
{
    [Fact]
    public async Task Bytes_reach_the_upstream_as_written()
    {
        await using var upstream = await RecordingUpstream.StartAsync();
        var response = await RawHttp.SendAsync(
            upstream.Url,
            "GET /a%2Fb/../c?q=%20%7e HTTP/1.1\r\nHost: x\r\nx_twice: 1\r\nX_TWICE: 2\r\nX.Dot: \t padded \t\r\nConnection: close\r\n\r\n");

        Assert.Equal(200, response.Status);
        var request = Assert.Single(upstream.Requests);
        Assert.Equal("GET", request.Method);
        Assert.Equal("/a%2Fb/../c?q=%20%7e", request.Target);
        Assert.Equal("HTTP/1.1", request.Protocol);
        Assert.Equal(["1", "2"], request.Values("x_twice"));
        Assert.Equal("padded", request.Header("x.dot"));
    }

    [Fact]
    public async Task A_chunked_request_is_counted_hashed_and_its_trailers_kept()
    {
        await using var upstream = await RecordingUpstream.StartAsync();
        var response = await RawHttp.SendAsync(
            upstream.Url,
            "POST /upload HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3;ext=1\r\nabc\r\n0\r\nX-Sum: 7\r\n\r\n");

        Assert.Equal(200, response.Status);
        var request = Assert.Single(upstream.Requests);
        await request.BodyEnded;
        Assert.Equal(3, request.BodyLength);
        // SHA-256 of "abc", FIPS 180-2 appendix B.1.
        Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", request.BodySha256);
        Assert.Equal([KeyValuePair.Create("X-Sum", "7")], request.Trailers);
    }

    [Fact]
    public async Task Interim_answers_and_chunks_are_read()
    {
        await using var upstream = await RecordingUpstream.StartAsync();
        await using var raw = await RawHttp.ConnectAsync(upstream.Url);
        await raw.Send("POST /echo-body HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
        Assert.Equal(100, (await raw.ReadOne()).Status);
        await raw.Send("hi");
        var response = await raw.Read();
        Assert.Equal("chunked", response.Header("Transfer-Encoding"));
        Assert.Equal("hi", response.Text);

        await raw.Send("HEAD /status?code=304 HTTP/1.1\r\nHost: x\r\n\r\n");
        response = await raw.Read(ofHead: true);
        Assert.Equal(304, response.Status);
        Assert.Equal(2, response.Values("set-cookie").Length);
    }

    [Fact]
    public async Task Trailers_and_header_lines_are_kept_as_sent()
    {
        await using var upstream = RawUpstream.Start(
            "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n",
            "HTTP/1.1 200 Fine\r\nx-a: 1\r\nX-A:  2 \r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nhi\r\n0\r\nSum: 7\r\n\r\n");
        await using var raw = await RawHttp.ConnectAsync(upstream.Url);
        await raw.Send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
        Assert.Equal(103, (await raw.ReadOne()).Status);
        var response = await raw.ReadOne();
        Assert.Equal("HTTP/1.1 200 Fine", response.StatusLine);
        Assert.Equal(["1", "2"], response.Values("X-A"));
        Assert.Equal("hi", response.Text);
        Assert.Equal([KeyValuePair.Create("Sum", "7")], response.Trailers);
        Assert.True(await raw.EndsHere());
        Assert.Equal("GET /a HTTP/1.1\r\nHost: x\r\n\r\n", Assert.Single(upstream.Heads));
    }

    [Fact]
    public async Task A_reset_is_told_from_an_answer_and_a_hang_up_is_seen_by_the_upstream()
    {
        await using var upstream = await RecordingUpstream.StartAsync();
        await Assert.ThrowsAnyAsync<IOException>(() => RawHttp.SendAsync(upstream.Url, "GET /reset HTTP/1.1\r\nHost: x\r\n\r\n"));

        await using var raw = await RawHttp.ConnectAsync(upstream.Url);
        await raw.Send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
        await upstream.Received(2);
        raw.Reset();
        await upstream.Requests[1].Aborted.WaitAsync(TimeSpan.FromSeconds(10));
    }
}
