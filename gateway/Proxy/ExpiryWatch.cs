using Sallyport.Gateway.Verification;

namespace Sallyport.Gateway.Proxy;

/// <summary>Ends requests that outlive their token or its key, or whose token is revoked: a WebSocket, or a response that still streams.</summary>
/// <remarks>
/// One timer looks through all requests under way once a second. A timer for each request would cost more than everything
/// else that the gate does for a token seen before. The requests are kept in as many lists as there are processors, so that
/// requests that begin and end at once seldom meet.
/// </remarks>
internal sealed class ExpiryWatch : IDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    private readonly WatchedRequests[] _lists = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new WatchedRequests())];
    private readonly TimeProvider _clock;
    private readonly RevocationCheck _revocations;
    private readonly ITimer _timer;

    public ExpiryWatch(RevocationCheck revocations, TimeProvider clock)
    {
        (_revocations, _clock) = (revocations, clock);
        _timer = clock.CreateTimer(static watch => ((ExpiryWatch)watch!).EndRefused(), this, Beat, Beat);
    }

    /// <summary>Forwards, and aborts the request within a second of the moment when its token would be refused, if it is still under way.</summary>
    public Task ForwardAsync(VerifiedToken token, HttpContext context, RequestDelegate forward)
    {
        var request = new WatchedRequest(context, token, _lists[Thread.GetCurrentProcessorId() % _lists.Length]);
        request.Begin();
        Task forwarding;
        try
        {
            forwarding = forward(context);
        }
        catch
        {
            request.End();
            throw;
        }

        return AwaitAsync(forwarding, request);
    }

    public void Dispose() => _timer.Dispose();

    // Whatever this remembers, each request under way keeps in memory: so it is as little as can be.
    private static async Task AwaitAsync(Task forwarding, WatchedRequest request)
    {
        try
        {
            await forwarding;
        }
        finally
        {
            request.End();
        }
    }

    private void EndRefused()
    {
        var now = _clock.GetUtcNow().UtcTicks;
        foreach (var list in _lists)
            foreach (var request in list.Questionable(now, _revocations.Version))
                if (now >= request.Token.AcceptedUntil.UtcTicks || request.Token.IsKeyDropped || _revocations.Refuses(request.Token))
                    request.Abort();
    }
}
