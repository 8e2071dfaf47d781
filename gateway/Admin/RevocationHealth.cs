using Sallyport.Gateway.Redis;
using Sallyport.Gateway.Revocation;

namespace Sallyport.Gateway.Admin;

/// <summary>What the list of revocations does to the health of the process.</summary>
/// <remarks>
/// A stale list never makes it NotReady: all replicas share one Redis, and taking them all out at once would close the routes too that
/// can do without it. Routes whose policy fails closed answer 503 by themselves.
/// </remarks>
internal static class RevocationHealth
{
    /// <returns>What it is less than Ready for; null when there is nothing.</returns>
    public static (HealthStatus Status, string Reason)? Of(RevocationList list, RedisConnection? redis)
    {
        if (!list.IsShared) return null;
        if (list.IsAwaited) return (HealthStatus.NotReady, "the revocation list is not loaded yet");
        if (list.Lag is not { } lag) return (HealthStatus.Degraded, "the revocation list could not be loaded: revoked tokens pass, but where a policy fails closed");
        if (list.IsStale) return (HealthStatus.Degraded, $"the revocation list is {(long)lag.TotalSeconds} s old: what was revoked since is not known here");
        return redis is not null && redis.Epoch != list.Epoch
            ? (HealthStatus.Degraded, "the revocation list is catching up with what it may have missed")
            : null;
    }
}
