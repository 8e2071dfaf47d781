using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Sallyport.Tests.Support;

/// <summary>
/// Sends every WebSocket message back, frame by frame, and answers a close with the same code and reason. It takes the first
/// subprotocol offered. The text <c>close 4001 why</c> makes it close by itself, <c>drop</c> makes it break the connection.
/// </summary>
internal static class WebSocketEcho
{
    internal static async Task Answer(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync(context.WebSockets.WebSocketRequestedProtocols.FirstOrDefault());
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var frame = await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted);
            if (frame.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseOutputAsync(
                    socket.CloseStatus ?? WebSocketCloseStatus.Empty, socket.CloseStatusDescription, context.RequestAborted);
                return;
            }

            var text = frame.MessageType == WebSocketMessageType.Text ? Encoding.UTF8.GetString(buffer, 0, frame.Count) : "";
            if (text == "drop")
            {
                Faults.Cut(context);
                return;
            }

            if (text.StartsWith("close ", StringComparison.Ordinal))
            {
                var words = text.Split(' ', 3);
                await socket.CloseAsync((WebSocketCloseStatus)int.Parse(words[1]), words[2], context.RequestAborted);
                return;
            }

            await socket.SendAsync(buffer.AsMemory(0, frame.Count), frame.MessageType, frame.EndOfMessage, context.RequestAborted);
        }
    }
}
