using Sallyport.Gateway.Verification;

namespace Sallyport.Gateway.Proxy;

/// <summary>A request under way, and the token that let it in.</summary>
internal sealed class WatchedRequest(HttpContext context, VerifiedToken token, WatchedRequests list)
{
    private HttpContext? _context = context;

    public VerifiedToken Token { get; } = token;

    public WatchedRequest? Previous { get; set; }

    public WatchedRequest? Next { get; set; }

    public void Begin() => list.Add(this);

    /// <summary>The request has ended: the server may use its context for another one from now on.</summary>
    public void End()
    {
        list.Remove(this);
        lock (this) _context = null;
    }

    /// <summary>Ends the connection, or the stream, unless the request has ended by itself.</summary>
    public void Abort()
    {
        lock (this) _context?.Abort();
    }
}
