using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Proxy;

/// <summary>When one end goes away, the other learns it: by status while there is none yet, by a broken response after.</summary>
public sealed class ForwardingFailureTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    [Theory, EachDoor(alsoHttp2: true)]
    public async Task A_client_that_gives_up_waiting_ends_the_request_at_the_upstream(Door kind, bool http2)
    {
        await using var upstream = await RecordingUpstream.StartAsync();
        await using var door = await FrontDoors.Open(kind, upstream.Url, http2);
        using var client = FrontDoors.Client(door, http2);
        using var patience = new CancellationTokenSource();
        var waiting = client.GetAsync("/slow", patience.Token);
        var request = await upstream.Received();
        Assert.False(request.Aborted.IsCompleted);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await request.Aborted.WaitAsync(Patience);
    }

    [Theory, EachDoor(alsoHttp2: true)]
    public async Task A_client_that_gives_up_sending_breaks_the_body_at_the_upstream(Door kind, bool http2)
    {
        await using var upstream = await RecordingUpstream.StartAsync();
        await using var door = await FrontDoors.Open(kind, upstream.Url, http2);
        using var client = FrontDoors.Client(door, http2);
        using var patience = new CancellationTokenSource();
        var content = new PushedContent();
        var sending = client.PostAsync("/upload", content, patience.Token);
        await content.Push(new byte[64 << 10]);
        var request = await upstream.Received();
        await Poll.Until(() => request.BodyLength > 0);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        await Assert.ThrowsAnyAsync<Exception>(() => request.BodyEnded.WaitAsync(Patience));
        await request.Aborted.WaitAsync(Patience);
    }

    [Theory, EachDoor(alsoHttp2: true)]
    public async Task A_client_that_gives_up_reading_ends_the_response_at_the_upstream(Door kind, bool http2)
    {
        await using var upstream = await RecordingUpstream.StartAsync();
        await using var door = await FrontDoors.Open(kind, upstream.Url, http2);
        using var client = FrontDoors.Client(door, http2);
        await upstream.Stream.Writer.WriteAsync("the first piece");
        using (var response = await client.GetAsync("/stream", HttpCompletionOption.ResponseHeadersRead))
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await upstream.Requests[0].Aborted.WaitAsync(Patience);
    }

    [Theory, EachDoor(alsoHttp2: true)]
    public async Task A_reset_before_the_headers_is_502_and_the_next_request_passes(Door kind, bool http2)
    {
        await using var upstream = await RecordingUpstream.StartAsync(http2 ? HttpProtocols.Http2 : HttpProtocols.Http1);
        await using var door = await FrontDoors.Open(kind, upstream.Url, http2, upstreamHttp2: http2);
        using var client = FrontDoors.Client(door, http2);
        using (var response = await client.GetAsync("/reset"))
            Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        using var next = await client.GetAsync("/");
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
    }

    [Theory, EachDoor(alsoHttp2: true)]
    public async Task A_reset_after_the_headers_breaks_the_response_and_never_completes_it(Door kind, bool http2)
    {
        await using var upstream = await RecordingUpstream.StartAsync(http2 ? HttpProtocols.Http2 : HttpProtocols.Http1);
        await using var door = await FrontDoors.Open(kind, upstream.Url, http2, upstreamHttp2: http2);
        using var client = FrontDoors.Client(door, http2);
        using var response = await client.GetAsync("/reset?after", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await using var body = await response.Content.ReadAsStreamAsync();
        await body.ReadExactlyAsync(new byte["the first piece".Length]);
        upstream.Slow.Open();
        await Assert.ThrowsAnyAsync<Exception>(() => body.ReadAsync(new byte[1]).AsTask().WaitAsync(Patience));
    }

    [Theory, EachDoor]
    public async Task An_upstream_that_is_down_is_502_and_back_again_200(Door kind)
    {
        await using var upstream = await RecordingUpstream.StartAsync();
        await using var door = await FrontDoors.Open(kind, upstream.Url);
        using var client = FrontDoors.Client(door);
        await upstream.Stop();
        using (var response = await client.GetAsync("/"))
            Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        await upstream.StartAgain();
        using var next = await client.GetAsync("/");
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
    }

    [Theory, EachDoor]
    public async Task An_upstream_that_never_answers_is_504(Door kind)
    {
        await using var upstream = await RecordingUpstream.StartAsync();
        await using var door = await FrontDoors.Open(kind, upstream.Url, activityTimeout: TimeSpan.FromSeconds(3));
        using var client = FrontDoors.Client(door);
        using var response = await client.GetAsync("/slow");
        Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
        await upstream.Requests[0].Aborted.WaitAsync(Patience);
    }

    [Theory, EachDoor]
    public async Task An_answer_that_is_not_HTTP_is_502(Door kind)
    {
        await using var upstream = RawUpstream.Start("220 smtp.example.com ESMTP\r\n");
        await using var door = await FrontDoors.Open(kind, upstream.Url);
        using var client = FrontDoors.Client(door);
        using var response = await client.GetAsync("/");
        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
    }
}
