using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Primitives;
using Sallyport.Gateway.Verification;

namespace Sallyport.Gateway.Proxy;

/// <summary>The digest of the token that came last on a connection (of HTTP/2: on a stream that the server uses again).</summary>
/// <remarks>
/// A client sends the same token over and over, and Kestrel then hands out the very same string, which it keeps with the connection. The same
/// object has the same text for ever, so its digest need not be made again. An equal text in another object is hashed.
/// </remarks>
internal sealed class LastDigest
{
    private static readonly object Key = new();

    private StringSegment _token;
    private TokenDigest _digest;

    public static TokenDigest Of(HttpContext context, StringSegment token)
    {
        // Belongs to one request at a time: nothing here is shared.
        if (context.Features.Get<IPersistentStateFeature>()?.State is not { } state) return TokenDigest.Of(token);
        if (!state.TryGetValue(Key, out var kept)) state[Key] = kept = new LastDigest();
        return ((LastDigest)kept!).Of(token);
    }

    private TokenDigest Of(StringSegment token)
    {
        if (!ReferenceEquals(token.Buffer, _token.Buffer) || token.Offset != _token.Offset || token.Length != _token.Length)
            (_digest, _token) = (TokenDigest.Of(token), token);
        return _digest;
    }
}
