using System.Text.Json.Serialization;
using Sallyport.Gateway.Trust;

namespace Sallyport.Gateway.Admin;

/// <summary>The health of one trusted issuer's keys: names, counts and times, never a key.</summary>
/// <param name="Name">The configured name.</param>
/// <param name="Required">Whether readiness needs it.</param>
/// <param name="Source">Where its keys come from.</param>
/// <param name="State">Whether its keys serve.</param>
/// <param name="Keys">How many keys serve.</param>
/// <param name="AgeSeconds">Whole seconds since the keys were last confirmed; null for local keys and before the first fetch.</param>
/// <param name="Ephemeral">Whether its key lives in the memory of this process only.</param>
/// <param name="LastFailure">Why the last fetch failed; null when it did not.</param>
internal sealed record IssuerHealth(
    string Name, bool Required, string Source, KeyState State, int Keys, long? AgeSeconds, bool Ephemeral, string? LastFailure)
{
    public static IssuerHealth Of(TrustedIssuer issuer, TimeProvider clock)
    {
        var keys = issuer.Keys;
        var remote = keys as RemoteKeys;
        var unusable = keys.Unusable;
        var failure = remote?.LastFailure;
        var isOverdue = keys.Current is { } set && clock.GetTimestamp() >= set.SoftExpiry;
        var state = unusable is not null ? KeyState.Unusable : isOverdue && failure is not null ? KeyState.Stale : KeyState.Usable;
        return new IssuerHealth(
            issuer.Name,
            issuer.Options.Required,
            keys.Source,
            state,
            state == KeyState.Unusable ? 0 : keys.Current!.Keys.Keys.Count,
            KeyAges.Of(keys, clock) is { } age ? (long)age.TotalSeconds : null,
            keys is OwnIssuerKeys { IsEphemeral: true },
            failure ?? unusable);
    }

    /// <summary>What it does to the whole.</summary>
    [JsonIgnore]
    public HealthStatus Status => State switch
    {
        KeyState.Usable => HealthStatus.Ready,
        KeyState.Unusable when Required => HealthStatus.NotReady,
        _ => HealthStatus.Degraded,
    };

    /// <summary>What an operator should know; null when there is nothing.</summary>
    [JsonIgnore]
    public string? Reason => State switch
    {
        KeyState.Unusable => $"issuer '{Name}' has no usable keys: {LastFailure}",
        KeyState.Stale => $"issuer '{Name}' is verified with keys of {AgeSeconds} s ago, because refreshing them fails: {LastFailure}",
        _ when Ephemeral => $"issuer '{Name}' has an ephemeral key: it lives in the memory of this process and ends with it",
        _ => null,
    };
}
