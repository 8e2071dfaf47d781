using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Threading.Channels;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Sallyport.Gateway.Identity.Workload;

namespace Sallyport.Tests.Support;

/// <summary>A SPIFFE Workload API on a Unix socket: gives every caller what a test published last, pushes what it publishes next, and misbehaves on demand.</summary>
internal sealed class WorkloadApiServer : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly List<Channel<WorkloadStep>> _streams = [];
    private readonly string _socket = Path.Combine(Path.GetTempPath(), $"sp-{Guid.NewGuid():N}"[..15] + ".sock");
    private IReadOnlyList<WorkloadStep> _now = [WorkloadStep.End(7, "no identity issued")];
    private WebApplication? _app;

    private WorkloadApiServer()
    {
    }

    /// <summary>As <c>Identity:WorkloadApi</c> and <c>SPIFFE_ENDPOINT_SOCKET</c> want it.</summary>
    public string Address => $"unix://{_socket}";

    /// <summary>The headers of every call there was.</summary>
    public ConcurrentQueue<IHeaderDictionary> Calls { get; } = new();

    /// <summary>How many callers listen now.</summary>
    public int Streams
    {
        get
        {
            lock (_lock) return _streams.Count;
        }
    }

    /// <summary>A server that has no identity for anybody yet.</summary>
    public static async Task<WorkloadApiServer> StartAsync()
    {
        var server = new WorkloadApiServer();
        await server.StartAgain();
        return server;
    }

    /// <summary>A server that gives this identity of this authority.</summary>
    public static async Task<WorkloadApiServer> StartAsync(SpiffeCa ca, params IReadOnlyList<IssuedSvid> svids)
    {
        var server = await StartAsync();
        server.Publish(ca, svids);
        return server;
    }

    /// <summary>A message with these identities, all of one trust domain whose only authority this is.</summary>
    public static X509SVIDResponse Response(SpiffeCa ca, params IReadOnlyList<IssuedSvid> svids)
    {
        var response = new X509SVIDResponse();
        foreach (var svid in svids)
            response.Svids.Add(new X509SVID
            {
                SpiffeId = svid.Id,
                X509Svid = ByteString.CopyFrom([.. svid.Chain.SelectMany(der => der)]),
                X509SvidKey = ByteString.CopyFrom(svid.Key),
                Bundle = ByteString.CopyFrom(ca.Certificate),
            });
        return response;
    }

    /// <summary>A message in the frame of gRPC: not compressed, and its length in four bytes.</summary>
    public static byte[] Frame(IMessage message) => Frame(message.ToByteArray());

    /// <inheritdoc cref="Frame(IMessage)"/>
    public static byte[] Frame(byte[] message)
    {
        var frame = new byte[5 + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame, 5);
        return frame;
    }

    /// <summary>Gives these identities to whoever listens, and to whoever calls from now on.</summary>
    public void Publish(SpiffeCa ca, params IReadOnlyList<IssuedSvid> svids) => Publish(Response(ca, svids));

    /// <inheritdoc cref="Publish(SpiffeCa, IReadOnlyList{IssuedSvid})"/>
    public void Publish(X509SVIDResponse response) => Do(WorkloadStep.Write(Frame(response)));

    /// <summary>Ends every stream with this status, and each that begins from now on: 7 is PermissionDenied.</summary>
    public void Refuse(int status, string? message = null) => Do(WorkloadStep.End(status, message));

    /// <summary>Does this on every stream, and on each that begins from now on.</summary>
    public void Do(params IReadOnlyList<WorkloadStep> steps)
    {
        lock (_lock)
        {
            _now = steps;
            foreach (var stream in _streams)
                foreach (var step in steps) stream.Writer.TryWrite(step);
        }
    }

    /// <summary>Does this on the streams that there are; whoever calls later gets what was published.</summary>
    public void DoNow(params IReadOnlyList<WorkloadStep> steps)
    {
        lock (_lock)
            foreach (var stream in _streams)
                foreach (var step in steps) stream.Writer.TryWrite(step);
    }

    /// <summary>An outage: streams break, and nobody can connect until <see cref="StartAgain"/>, which takes the same socket.</summary>
    public async Task Stop()
    {
        if (_app is not { } app) return;
        _app = null;
        await app.StopAsync(new CancellationToken(canceled: true));
        await app.DisposeAsync();
        File.Delete(_socket);
    }

    public async Task StartAgain()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(_socket, listen => listen.Protocols = HttpProtocols.Http2));
        var app = builder.Build();
        app.Run(Answer);
        await app.StartAsync();
        _app = app;
    }

    public async ValueTask DisposeAsync() => await Stop();

    private async Task Answer(HttpContext context)
    {
        Calls.Enqueue(new HeaderDictionary(context.Request.Headers.ToDictionary(StringComparer.OrdinalIgnoreCase)));
        context.Response.ContentType = "application/grpc";
        if (context.Request.Path != "/SpiffeWorkloadAPI/FetchX509SVID" || context.Request.Headers["workload.spiffe.io"] != "true")
        {
            End(context, 3, "security header missing from request");
            return;
        }

        var stream = Channel.CreateUnbounded<WorkloadStep>();
        lock (_lock)
        {
            foreach (var step in _now) stream.Writer.TryWrite(step);
            _streams.Add(stream);
        }

        try
        {
            await foreach (var step in stream.Reader.ReadAllAsync(context.RequestAborted))
            {
                if (step.Bytes is { } bytes)
                {
                    await context.Response.BodyWriter.WriteAsync(bytes, context.RequestAborted);
                    continue;
                }

                if (step.IsBroken) context.Abort();
                else if (step.Status is { } status) End(context, status, step.Message);
                return;
            }
        }
        catch (OperationCanceledException)
        {
            // The caller went away.
        }
        finally
        {
            lock (_lock) _streams.Remove(stream);
        }
    }

    // Before the first message the status is a header ("Trailers-Only"), after it a trailer.
    private static void End(HttpContext context, int status, string? message)
    {
        var headers = context.Response.HasStarted ? context.Features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers : context.Response.Headers;
        headers["grpc-status"] = status.ToString();
        if (message is not null) headers["grpc-message"] = Uri.EscapeDataString(message);
    }
}
