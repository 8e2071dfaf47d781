using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Sallyport.Tests.Support;

/// <summary>What a <see cref="RecordingUpstream"/> does, path by path; every other path answers <see cref="Report"/>.</summary>
internal static class UpstreamPaths
{
    internal static void AddTo(RecordingUpstream upstream)
    {
        upstream.On("/ws", (context, _) => WebSocketEcho.Answer(context));
        upstream.On("/stream", (context, _) => Streamed(context, upstream));
        upstream.On("/upload", Report);
        upstream.On("/trailers", Trailers);
        upstream.On("/reset", (context, _) => Reset(context, upstream));
        upstream.On("/slow", async (context, recorded) =>
        {
            await upstream.Slow.WaitAsync(context.RequestAborted);
            await Report(context, recorded);
        });
        upstream.On("/expect", Expect);
        upstream.On("/echo-body", EchoBody);
        upstream.On("/status", Status);
    }

    /// <summary>200, after the whole body: what was received, as JSON.</summary>
    internal static async Task Report(HttpContext context, RecordedRequest recorded)
    {
        await recorded.Drain(context);
        context.Response.ContentType = "application/json";
        var report = new
        {
            method = recorded.Method,
            target = recorded.Target,
            protocol = recorded.Protocol,
            headers = recorded.Headers.Select(header => new[] { header.Key, header.Value }),
            bytes = recorded.BodyLength,
            sha256 = recorded.BodySha256,
        };
        await context.Response.WriteAsync(JsonSerializer.Serialize(report), context.RequestAborted);
    }

    /// <summary>Headers at once, then the pieces that the test feeds, until it completes the channel.</summary>
    private static async Task Streamed(HttpContext context, RecordingUpstream upstream)
    {
        context.Response.ContentType = context.Request.Headers.Accept == "text/event-stream" ? "text/event-stream" : "text/plain";
        await context.Response.Body.FlushAsync(context.RequestAborted);
        await foreach (var piece in upstream.Stream.Reader.ReadAllAsync(context.RequestAborted))
        {
            await context.Response.WriteAsync(piece, context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }

    /// <summary>
    /// Like a gRPC method: echoes each piece of the body and ends with the trailers <c>grpc-status</c> and <c>grpc-message</c>.
    /// With <c>?only</c> there is no body, as when a call fails at once. HTTP/2 only: Kestrel sends no trailers over HTTP/1.1.
    /// </summary>
    private static async Task Trailers(HttpContext context, RecordedRequest recorded)
    {
        var response = context.Response;
        response.ContentType = "application/grpc";
        response.DeclareTrailer("grpc-status");
        response.DeclareTrailer("grpc-message");
        if (context.Request.Query.ContainsKey("only"))
            await recorded.Drain(context);
        else
            await EchoBody(context, recorded);
        response.AppendTrailer("grpc-status", context.Request.Query.ContainsKey("only") ? "5" : "0");
        response.AppendTrailer("grpc-message", "said%20by%20the%20upstream");
    }

    /// <summary>Breaks off: before any header, or with <c>?after</c> once headers and a piece of the body are out and the test opens the latch.</summary>
    private static async Task Reset(HttpContext context, RecordingUpstream upstream)
    {
        if (context.Request.Query.ContainsKey("after"))
        {
            await context.Response.WriteAsync("the first piece", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await upstream.Slow.WaitAsync(context.RequestAborted);
        }

        Faults.Cut(context);
    }

    /// <summary>Asks for the body (Kestrel sends 100 Continue on the first read); with <c>?refuse</c> answers 417 and never asks.</summary>
    private static Task Expect(HttpContext context, RecordedRequest recorded)
    {
        if (!context.Request.Query.ContainsKey("refuse"))
            return Report(context, recorded);
        context.Response.StatusCode = StatusCodes.Status417ExpectationFailed;
        return Task.CompletedTask;
    }

    /// <summary>Sends back each piece as it comes, while more are coming.</summary>
    private static async Task EchoBody(HttpContext context, RecordedRequest recorded)
    {
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        // Kestrel no longer asks for a body (100 Continue) once its answer has begun.
        if (context.Request.Headers.Expect.Count == 0)
            await context.Response.Body.FlushAsync(context.RequestAborted);
        await foreach (var piece in recorded.Body(context, context.RequestAborted))
        {
            await context.Response.Body.WriteAsync(piece, context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }

    /// <summary>The status that <c>?code=</c> names, with a few headers and no body.</summary>
    private static Task Status(HttpContext context, RecordedRequest recorded)
    {
        context.Response.StatusCode = int.Parse(context.Request.Query["code"].ToString());
        context.Response.Headers.ETag = "\"v1\"";
        context.Response.Headers.Append("Set-Cookie", "first=1; Path=/");
        context.Response.Headers.Append("Set-Cookie", "second=2; Path=/; HttpOnly");
        return Task.CompletedTask;
    }
}
