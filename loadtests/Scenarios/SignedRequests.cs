namespace Sallyport.LoadTests.Scenarios;

/// <summary>Requests whose tokens are signed before the load begins, sent in turn, over and over.</summary>
internal sealed class SignedRequests(IReadOnlyList<ReadOnlyMemory<byte>> requests)
{
    private int _next = -1;

    public int Count => requests.Count;

    /// <summary>So many different tokens of the issuer, of each of these keys in turn.</summary>
    public static SignedRequests Of(IssuerHost issuer, IReadOnlyList<TokenKey> keys, int count)
    {
        var requests = new ReadOnlyMemory<byte>[count];
        for (var i = 0; i < count; i++) requests[i] = Traffic.Get(GatewayConfiguration.Orders, issuer.Token(keys[i % keys.Count]));
        return new SignedRequests(requests);
    }

    public ReadOnlyMemory<byte> Next() => requests[(int)((uint)Interlocked.Increment(ref _next) % (uint)requests.Count)];
}
