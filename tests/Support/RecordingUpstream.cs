using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Sallyport.Tests.Support;

/// <summary>A real upstream that remembers what reached it; its paths behave as <see cref="UpstreamPaths"/> says.</summary>
internal sealed class RecordingUpstream : IAsyncDisposable
{
    private readonly ConcurrentQueue<RecordedRequest> _requests = new();
    private readonly ConcurrentDictionary<string, Func<HttpContext, RecordedRequest, Task>> _paths = new(StringComparer.Ordinal);
    private LoopbackServer _server = null!;

    private RecordingUpstream() => UpstreamPaths.AddTo(this);

    /// <summary>Scheme, host and port, with no slash at the end.</summary>
    public string Url => _server.Url;

    public int Port => _server.Port;

    /// <summary>All requests so far, in the order of their arrival, answered or not.</summary>
    public IReadOnlyList<RecordedRequest> Requests => [.. _requests];

    /// <summary>The pieces that <c>/stream</c> sends, each flushed on its own; complete the writer to end the response.</summary>
    public Channel<string> Stream { get; } = Channel.CreateUnbounded<string>();

    /// <summary>Holds <c>/slow</c> and <c>/reset?after</c>.</summary>
    public Latch Slow { get; } = new();

    /// <summary>Speaks HTTP/1.1, or with <see cref="HttpProtocols.Http2"/> prior-knowledge cleartext HTTP/2.</summary>
    public static async Task<RecordingUpstream> StartAsync(HttpProtocols protocols = HttpProtocols.Http1)
    {
        var upstream = new RecordingUpstream();
        upstream._server = await LoopbackServer.StartAsync(upstream.Answer, protocols);
        return upstream;
    }

    /// <summary>Gives a path (without query) a behaviour of the test's own; later wins.</summary>
    public void On(string path, Func<HttpContext, RecordedRequest, Task> behaviour) => _paths[path] = behaviour;

    /// <summary>Waits for the <paramref name="number"/>th request (from 1).</summary>
    public async Task<RecordedRequest> Received(int number = 1)
    {
        await Poll.Until(() => _requests.Count >= number, what: $"request {number} reaches the upstream");
        return Requests[number - 1];
    }

    /// <summary>An outage: connections are refused until <see cref="StartAgain"/>, which takes the same port.</summary>
    public Task Stop() => _server.Stop();

    public Task StartAgain() => _server.StartAgain();

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    private Task Answer(HttpContext context)
    {
        var recorded = new RecordedRequest(context);
        _requests.Enqueue(recorded);
        var behaviour = _paths.GetValueOrDefault(context.Request.Path.Value ?? "", UpstreamPaths.Report);
        return Faults.Ignoring(context, () => behaviour(context, recorded));
    }
}
