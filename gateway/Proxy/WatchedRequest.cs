namespace Sallyport.Gateway.Proxy;

/// <summary>A request under way, and the moment when its token would be refused.</summary>
internal sealed class WatchedRequest(HttpContext context, long until)
{
    private HttpContext? _context = context;

    /// <summary>UTC ticks.</summary>
    public long Until { get; } = until;

    public WatchedRequest? Previous { get; set; }

    public WatchedRequest? Next { get; set; }

    /// <summary>The request has ended: the server may use its context for another one from now on.</summary>
    public void End()
    {
        lock (this) _context = null;
    }

    /// <summary>Ends the connection, or the stream, unless the request has ended by itself.</summary>
    public void Abort()
    {
        lock (this) _context?.Abort();
    }
}
