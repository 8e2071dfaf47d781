using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Proxy;

/// <summary>RFC 6455, and RFC 8441 where the client speaks HTTP/2.</summary>
public sealed class ForwardingWebSocketTests : IDisposable
{
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(30));

    public void Dispose() => _deadline.Dispose();

    [Theory, EachDoor(alsoHttp2: true)]
    public async Task Text_and_binary_messages_are_echoed_with_their_frames(Door kind, bool http2)
    {
        await using var upstream = await RecordingUpstream.StartAsync();
        await using var door = await FrontDoors.Open(kind, upstream.Url, http2);
        using var socket = await Connect(door, http2);

        await socket.SendAsync(Encoding.UTF8.GetBytes("grüß "), WebSocketMessageType.Text, endOfMessage: false, _deadline.Token);
        await socket.SendAsync(Encoding.UTF8.GetBytes("dich"), WebSocketMessageType.Text, endOfMessage: true, _deadline.Token);
        var (type, message) = await Message(socket);
        Assert.Equal(WebSocketMessageType.Text, type);
        Assert.Equal("grüß dich", Encoding.UTF8.GetString(message));

        var large = RandomNumberGenerator.GetBytes(1 << 20);
        var sending = socket.SendAsync(large, WebSocketMessageType.Binary, endOfMessage: true, _deadline.Token);
        (type, message) = await Message(socket);
        await sending;
        Assert.Equal(WebSocketMessageType.Binary, type);
        Assert.Equal(large, message);
        Assert.Equal("HTTP/1.1", Assert.Single(upstream.Requests).Protocol);
    }

    [Theory, EachDoor(alsoHttp2: true)]
    public async Task Close_codes_and_reasons_pass_in_both_directions(Door kind, bool http2)
    {
        await using var upstream = await RecordingUpstream.StartAsync();
        await using var door = await FrontDoors.Open(kind, upstream.Url, http2);
        using (var closedByClient = await Connect(door, http2))
        {
            await closedByClient.CloseAsync((WebSocketCloseStatus)4002, "enough", _deadline.Token);
            Assert.Equal(4002, (int?)closedByClient.CloseStatus);
            Assert.Equal("enough", closedByClient.CloseStatusDescription);
        }

        using var closedByUpstream = await Connect(door, http2);
        await closedByUpstream.SendAsync(Encoding.UTF8.GetBytes("close 1013 come back later"), WebSocketMessageType.Text, true, _deadline.Token);
        var (type, _) = await Message(closedByUpstream);
        Assert.Equal(WebSocketMessageType.Close, type);
        Assert.Equal(1013, (int?)closedByUpstream.CloseStatus);
        Assert.Equal("come back later", closedByUpstream.CloseStatusDescription);
    }

    [Theory, EachDoor]
    public async Task The_upstream_chooses_the_subprotocol(Door kind)
    {
        await using var upstream = await RecordingUpstream.StartAsync();
        await using var door = await FrontDoors.Open(kind, upstream.Url);
        using var socket = await Connect(door, http2: false, "chat.v2", "chat.v1");
        Assert.Equal("chat.v2", socket.SubProtocol);
        Assert.Equal("chat.v2,chat.v1", upstream.Requests[0].Header("Sec-WebSocket-Protocol")!.Replace(" ", "", StringComparison.Ordinal));
    }

    [Theory, EachDoor]
    public async Task A_connection_broken_by_either_end_breaks_at_the_other(Door kind)
    {
        await using var upstream = await RecordingUpstream.StartAsync();
        await using var door = await FrontDoors.Open(kind, upstream.Url);
        using (var dropped = await Connect(door, http2: false))
        {
            await dropped.SendAsync("drop"u8.ToArray(), WebSocketMessageType.Text, true, _deadline.Token);
            await Assert.ThrowsAsync<WebSocketException>(() => Message(dropped));
        }

        var left = await Connect(door, http2: false);
        var request = await upstream.Received(2);
        left.Abort();
        left.Dispose();
        await request.Aborted.WaitAsync(_deadline.Token);
    }

    [Theory, EachDoor]
    public async Task A_refused_handshake_shows_the_answer_of_the_upstream(Door kind)
    {
        await using var upstream = await RecordingUpstream.StartAsync();
        upstream.On("/ws", (context, _) =>
        {
            context.Response.StatusCode = 418;
            return Task.CompletedTask;
        });
        await using var door = await FrontDoors.Open(kind, upstream.Url);
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        await Assert.ThrowsAsync<WebSocketException>(() => Connect(socket, door));
        Assert.Equal((HttpStatusCode)418, socket.HttpStatusCode);
    }

    private async Task<ClientWebSocket> Connect(IFrontDoor door, bool http2, params string[] protocols)
    {
        var socket = new ClientWebSocket();
        foreach (var protocol in protocols)
            socket.Options.AddSubProtocol(protocol);
        if (http2)
        {
            socket.Options.HttpVersion = HttpVersion.Version20;
            socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        }

        await Connect(socket, door);
        return socket;
    }

    private async Task Connect(ClientWebSocket socket, IFrontDoor door)
    {
        if (door.Authorization is { } authorization)
            socket.Options.SetRequestHeader("Authorization", authorization);
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false }, disposeHandler: false);
        await socket.ConnectAsync(new Uri(door.Url.Replace("http", "ws", StringComparison.Ordinal) + "/ws"), invoker, _deadline.Token);
    }

    private async Task<(WebSocketMessageType Type, byte[] Message)> Message(ClientWebSocket socket)
    {
        using var message = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var frame = await socket.ReceiveAsync(buffer.AsMemory(), _deadline.Token);
            message.Write(buffer, 0, frame.Count);
            if (frame.EndOfMessage)
                return (frame.MessageType, message.ToArray());
        }
    }
}
