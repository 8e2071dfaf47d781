using Sallyport.Gateway.Admin;
using Sallyport.Gateway.Redis;
using Sallyport.Gateway.Tokens;
using Sallyport.Gateway.Trust;

namespace Sallyport.Gateway.Cli;

/// <summary>What lies in Redis for one issuer, as a holder of the MAC keys reads it.</summary>
/// <param name="Version">Null where there is no authentic document.</param>
/// <param name="Keys">The keys of the document.</param>
/// <param name="AgeSeconds">Since the issuer answered, by the clock of Redis.</param>
/// <param name="RefreshInSeconds">Until a refresh is due, below zero if it is overdue.</param>
/// <param name="TrustEndsInSeconds">Until the document is trusted no longer.</param>
/// <param name="Lease"><c>free</c>, <c>busy</c>, <c>cooling</c> or <c>failed</c> (cooling after a failure).</param>
/// <param name="LeaseSeconds">Until the issuer may be asked again.</param>
/// <param name="Problem">What is wrong there; null for nothing.</param>
internal sealed record SharedCacheReport(
    long? Version,
    IReadOnlyList<KeyReport> Keys,
    long? AgeSeconds,
    long? RefreshInSeconds,
    long? TrustEndsInSeconds,
    string? Lease,
    long LeaseSeconds,
    string? Problem)
{
    public static async Task<SharedCacheReport> ReadAsync(SharedKeys shared, TrustedIssuerOptions issuer)
    {
        try
        {
            return Of(await shared.ReadAsync(known: 0, RedisConnection.BackgroundTimeout), issuer);
        }
        catch (RedisAwayException e)
        {
            return new SharedCacheReport(null, [], null, null, null, null, 0, $"cannot be read: {e.Message}");
        }
    }

    private static SharedCacheReport Of(SharedState seen, TrustedIssuerOptions issuer)
    {
        var remaining = Math.Max(0, seen.Lease?.Remaining(seen.Now, issuer.Keys.Cooldown) ?? 0);
        var lease = remaining == 0 ? "free" : seen.Lease!.State switch { LeaseState.Busy => "busy", LeaseState.Failed => "failed", _ => "cooling" };
        var problem = seen.Unfit is not null ? "what lies there was not written by a holder of our MAC keys, and is not believed"
            : seen.Newer is null ? "nothing lies there"
            : null;
        var document = seen.Newer;
        var isSet = JwkSet.TryParse(document?.Document, issuer.Keys.MaxKeys, out var set, out _);
        return new SharedCacheReport(
            document?.Version,
            isSet ? [.. set!.Keys.Select(KeyReport.Of)] : [],
            Seconds(seen.Now - document?.FetchedAt),
            Seconds(document?.SoftExpiry - seen.Now),
            Seconds(document?.HardExpiry - seen.Now),
            lease,
            Seconds(remaining + 999) ?? 0,
            problem);
    }

    private static long? Seconds(long? milliseconds) => milliseconds / 1000;
}
