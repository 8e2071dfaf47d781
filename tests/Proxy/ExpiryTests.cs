using System.Net;
using System.Net.WebSockets;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Proxy;

public sealed class ExpiryTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_streaming_response_ends_when_its_token_would_be_refused(bool closeOnExpiry)
    {
        var clock = new FakeClock();
        await using var house = await House.OpenAsync(json => json["Sallyport"]!["Forwarding"]!["CloseOnExpiry"] = closeOnExpiry, clock);
        house.Upstream.On("/any/stream", async (context, _) =>
        {
            await foreach (var piece in house.Upstream.Stream.Reader.ReadAllAsync(context.RequestAborted))
            {
                await context.Response.Body.WriteAsync(System.Text.Encoding.UTF8.GetBytes(piece), context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
            }
        });

        using var request = new HttpRequestMessage(HttpMethod.Get, "/any/stream");
        request.Headers.Authorization = new("Bearer", house.Token());
        house.Upstream.Stream.Writer.TryWrite("first");
        using var response = await house.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await using var body = await response.Content.ReadAsStreamAsync();
        var buffer = new byte[64];
        Assert.Equal(5, await body.ReadAsync(buffer));

        clock.Advance(TimeSpan.FromSeconds(629));
        house.Upstream.Stream.Writer.TryWrite("second");
        Assert.Equal(6, await body.ReadAsync(buffer));

        clock.Advance(TimeSpan.FromSeconds(2));
        if (closeOnExpiry)
        {
            await Assert.ThrowsAnyAsync<IOException>(async () => _ = await body.ReadAsync(buffer));
            await house.Upstream.Requests[0].Aborted.WaitAsync(TimeSpan.FromSeconds(10));
        }
        else
        {
            house.Upstream.Stream.Writer.TryWrite("third");
            Assert.Equal(5, await body.ReadAsync(buffer));
            house.Upstream.Stream.Writer.Complete();
            Assert.Equal(0, await body.ReadAsync(buffer));
        }
    }

    [Fact]
    public async Task A_websocket_ends_when_its_token_would_be_refused()
    {
        var clock = new FakeClock();
        await using var house = await House.OpenAsync(
            json => json["ReverseProxy"]!["Routes"]!["any"]!["Match"]!["Path"] = "/ws",
            clock);
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"Bearer {house.Token()}");
        await socket.ConnectAsync(new Uri(house.Gateway.Url.Replace("http:", "ws:", StringComparison.Ordinal) + "/ws"), CancellationToken.None);

        await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        var buffer = new byte[64];
        Assert.Equal(5, (await socket.ReceiveAsync(buffer, CancellationToken.None)).Count);

        clock.Advance(TimeSpan.FromSeconds(631));
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await Assert.ThrowsAnyAsync<WebSocketException>(async () => await socket.ReceiveAsync(buffer, deadline.Token));
    }
}
