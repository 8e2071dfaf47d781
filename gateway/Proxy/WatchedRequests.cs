namespace Sallyport.Gateway.Proxy;

/// <summary>A list of requests under way: a request is put in and taken out in constant time.</summary>
internal sealed class WatchedRequests
{
    private readonly Lock _lock = new();
    private WatchedRequest? _first;

    public void Add(WatchedRequest request)
    {
        lock (_lock)
        {
            request.Next = _first;
            _first?.Previous = request;
            _first = request;
        }
    }

    public void Remove(WatchedRequest request)
    {
        lock (_lock)
        {
            if (request.Previous is { } previous) previous.Next = request.Next;
            else _first = request.Next;
            request.Next?.Previous = request.Previous;
        }
    }

    /// <summary>
    /// Those whose token expired, whose key is no longer among its issuer's, or that was not asked about since the last revocation; they
    /// stay in the list until they end.
    /// </summary>
    /// <param name="now">UTC ticks.</param>
    /// <param name="version">Of the revocations in force.</param>
    public IReadOnlyList<WatchedRequest> Questionable(long now, long version)
    {
        List<WatchedRequest>? questionable = null;
        lock (_lock)
            for (var request = _first; request is not null; request = request.Next)
                if (now >= request.Token.AcceptedUntil.UtcTicks || request.Token.ClearedBy != version || request.Token.IsKeyDropped)
                    (questionable ??= []).Add(request);
        return questionable ?? [];
    }
}
