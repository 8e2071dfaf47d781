using Sallyport.Gateway.Trust;

namespace Sallyport.Gateway.Admin;

/// <summary>What <c>/jwks</c> says of one trusted issuer: the cache of its keys in this process. Public keys by name only.</summary>
/// <param name="Name">The configured name.</param>
/// <param name="Issuer">The exact <c>iss</c>.</param>
/// <param name="Source">Where its keys come from.</param>
/// <param name="State">Whether its keys serve.</param>
/// <param name="Version">The version of the shared document that is in use; null for none.</param>
/// <param name="Keys">The keys that serve.</param>
/// <param name="AgeSeconds">Since the issuer last confirmed them; null for local keys and before the first fetch.</param>
/// <param name="RefreshInSeconds">Until the next refresh is due, below zero if it is overdue; null likewise.</param>
/// <param name="TrustEndsInSeconds">Until they are trusted no longer; null likewise.</param>
/// <param name="CooldownSeconds">Until the issuer may be asked again; 0 for now.</param>
/// <param name="LastFailure">Why the last attempt failed; null when it did not.</param>
internal sealed record KeyCacheReport(
    string Name,
    string Issuer,
    string Source,
    KeyState State,
    long? Version,
    IReadOnlyList<KeyReport> Keys,
    long? AgeSeconds,
    long? RefreshInSeconds,
    long? TrustEndsInSeconds,
    long CooldownSeconds,
    string? LastFailure)
{
    public static KeyCacheReport Of(TrustedIssuer issuer, TimeProvider clock)
    {
        var health = IssuerHealth.Of(issuer, clock);
        var remote = issuer.Keys as RemoteKeys;
        var set = issuer.Keys.Current;
        return new KeyCacheReport(
            issuer.Name,
            issuer.Options.Issuer,
            issuer.Keys.Source,
            health.State,
            remote is { IsShared: true } ? remote.Version : null,
            set is null || health.State == KeyState.Unusable ? [] : [.. set.Keys.Keys.Select(KeyReport.Of)],
            health.AgeSeconds,
            remote is null || set is null ? null : SecondsTo(set.SoftExpiry, clock),
            remote is null || set is null ? null : SecondsTo(set.HardExpiry, clock),
            (long)Math.Ceiling(remote?.CooldownRemaining.TotalSeconds ?? 0),
            remote?.LastFailure);
    }

    private static long SecondsTo(long timestamp, TimeProvider clock) => (long)clock.GetElapsedTime(clock.GetTimestamp(), timestamp).TotalSeconds;
}
