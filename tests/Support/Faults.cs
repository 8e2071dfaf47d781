using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Sallyport.Tests.Support;

/// <summary>The misbehaviours of an HTTP server that a client of it has to survive.</summary>
internal static class Faults
{
    public static Fault Status(int status) => (context, _) =>
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    };

    /// <summary>200 with a body of the test's choosing: HTML, nothing, half a document.</summary>
    public static Fault Body(string body, string contentType = "application/json") => (context, _) =>
    {
        context.Response.ContentType = contentType;
        return context.Response.WriteAsync(body, context.RequestAborted);
    };

    /// <summary>A body that opens like a JWK Set and never ends; it stops when the client hangs up.</summary>
    public static Fault Endless() => async (context, _) =>
    {
        var kilobyte = Encoding.ASCII.GetBytes(new string('a', 1024));
        context.Response.ContentType = "application/json";
        await Ignoring(context, async () =>
        {
            await context.Response.WriteAsync("{\"keys\":[],\"filler\":\"", context.RequestAborted);
            while (true)
                await context.Response.Body.WriteAsync(kilobyte, context.RequestAborted);
        });
    };

    /// <summary>A correct answer whose body has a declared Content-Length of <paramref name="bytes"/>, padded with blanks.</summary>
    public static Fault Padded(string document, int bytes) => (context, _) =>
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = bytes;
        return Ignoring(context, () => context.Response.WriteAsync(document.PadRight(bytes), context.RequestAborted));
    };

    /// <summary>The true answer, after a while in which not even headers come.</summary>
    public static Fault Late(TimeSpan delay) => (context, answer) => Ignoring(context, async () =>
    {
        await Task.Delay(delay, context.RequestAborted);
        await answer();
    });

    /// <summary>Headers at once, then one byte of the body per <paramref name="pause"/>.</summary>
    public static Fault Drip(string body, TimeSpan pause) => (context, _) => Ignoring(context, async () =>
    {
        context.Response.ContentType = "application/json";
        foreach (var octet in Encoding.UTF8.GetBytes(body))
        {
            await context.Response.Body.WriteAsync(new[] { octet }, context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await Task.Delay(pause, context.RequestAborted);
        }
    });

    public static Fault Redirect(string location, int status = StatusCodes.Status302Found) => (context, _) =>
    {
        context.Response.StatusCode = status;
        context.Response.Headers.Location = location;
        return Task.CompletedTask;
    };

    /// <summary>The true answer, once the test opens the latch; <see cref="Latch.Arrived"/> counts who waits.</summary>
    public static Fault Held(Latch latch) => (context, answer) => Ignoring(context, async () =>
    {
        await latch.WaitAsync(context.RequestAborted);
        await answer();
    });

    /// <summary>The connection is reset (TCP RST over HTTP/1.1, RST_STREAM over HTTP/2) with nothing answered.</summary>
    public static Fault Reset() => (context, _) =>
    {
        Cut(context);
        return Task.CompletedTask;
    };

    /// <summary>Headers and half a body of a declared length, then a reset.</summary>
    public static Fault ResetHalfway(string body) => async (context, _) =>
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = Encoding.UTF8.GetByteCount(body) * 2;
        await context.Response.WriteAsync(body, context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        Cut(context);
    };

    internal static void Cut(HttpContext context)
    {
        // Linger 0 makes the close a RST instead of an orderly FIN. An HTTP/2 connection is shared: only its stream is reset.
        if (HttpProtocol.IsHttp11(context.Request.Protocol)
            && context.Features.Get<IConnectionSocketFeature>() is { } connection)
        {
            connection.Socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }

        context.Abort();
    }

    /// <summary>A client that hung up is what these faults are for, not an error of the server.</summary>
    internal static async Task Ignoring(HttpContext context, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception exception) when (
            context.RequestAborted.IsCancellationRequested && exception is OperationCanceledException or IOException)
        {
            // Gone.
        }
    }
}
