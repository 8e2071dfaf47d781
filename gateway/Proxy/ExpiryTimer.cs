using Sallyport.Gateway.Verification;

namespace Sallyport.Gateway.Proxy;

/// <summary>Ends a request that outlives its token: a WebSocket, or a response that still streams.</summary>
internal static class ExpiryTimer
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(40);

    public static void Start(HttpContext context, VerifiedToken token, TimeProvider clock)
    {
        var left = token.AcceptedUntil - clock.GetUtcNow();
        // Nothing lives that long, and timers do not count that far.
        if (left > Longest) return;
        var timer = clock.CreateTimer(static state => ((HttpContext)state!).Abort(), context, left < TimeSpan.Zero ? TimeSpan.Zero : left, Timeout.InfiniteTimeSpan);
        context.Response.RegisterForDispose(timer);
    }
}
