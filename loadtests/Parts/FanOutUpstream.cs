using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Sallyport.LoadTests.Parts;

/// <summary>A service that takes WebSockets and, when told, sends all of them the same message: when it was sent, and its number.</summary>
internal sealed class FanOutUpstream : IAsyncDisposable
{
    public const int MessageBytes = 16;

    private readonly ConcurrentDictionary<WebSocket, SemaphoreSlim> _sockets = new();
    private readonly WebApplication _app;

    private FanOutUpstream(WebApplication app) => _app = app;

    public string Url { get; private set; } = "";

    /// <summary>How many are open now.</summary>
    public int Count => _sockets.Count;

    public static async Task<FanOutUpstream> StartAsync(CancellationToken cancellation)
    {
        var upstream = new FanOutUpstream(PlainServer.Build());
        upstream._app.UseWebSockets();
        upstream._app.Run(upstream.AnswerAsync);
        await upstream._app.StartAsync(cancellation);
        upstream.Url = upstream._app.Urls.Single();
        return upstream;
    }

    /// <summary>Sends one message to all that are open.</summary>
    public async Task SendAsync(long number, CancellationToken cancellation)
    {
        var message = new byte[MessageBytes];
        BinaryPrimitives.WriteInt64LittleEndian(message, Stopwatch.GetTimestamp());
        BinaryPrimitives.WriteInt64LittleEndian(message.AsSpan(8), number);
        await Task.WhenAll(_sockets.Select(socket => SendAsync(socket.Key, socket.Value, message, cancellation)));
    }

    public async ValueTask DisposeAsync() => await PlainServer.StopNowAsync(_app);

    private static async Task SendAsync(WebSocket socket, SemaphoreSlim turn, byte[] message, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            await socket.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, cancellation);
        }
        catch (WebSocketException)
        {
            // It has gone; its reader takes it off the list.
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        using var turn = new SemaphoreSlim(1);
        _sockets[socket] = turn;
        try
        {
            var buffer = new byte[256];
            while ((await socket.ReceiveAsync(buffer, context.RequestAborted)).MessageType != WebSocketMessageType.Close)
            {
                // Nobody has anything to say.
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // That is how connections end that are cut off.
        }
        finally
        {
            _sockets.TryRemove(socket, out _);
            // Whoever is sending to it ends first.
            await turn.WaitAsync(CancellationToken.None);
        }
    }
}
