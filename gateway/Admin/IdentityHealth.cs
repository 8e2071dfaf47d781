using System.Globalization;
using System.Text.Json.Serialization;
using Sallyport.Gateway.Identity;

namespace Sallyport.Gateway.Admin;

/// <summary>The health of our own identity: names and times, never a key.</summary>
/// <param name="Source">Where it comes from.</param>
/// <param name="Required">Whether the process does nothing in its name without one.</param>
/// <param name="SpiffeId">Who it is, or was last; null before the first.</param>
/// <param name="NotAfter">When that ends, or ended.</param>
/// <param name="State">Whether it holds.</param>
/// <param name="Problem">Why no newer one came; null while all is well.</param>
internal sealed record IdentityHealth(string Source, bool Required, string? SpiffeId, DateTimeOffset? NotAfter, IdentityState State, string? Problem)
{
    /// <summary>Whoever issues identities renews them at half of their life: by this part of it something is wrong.</summary>
    private const double Overdue = 2.0 / 3;

    public static IdentityHealth Of(IdentityOptions options, OwnIdentity own, DateTimeOffset now)
    {
        var svid = own.Last?.Svid;
        var state = svid switch
        {
            null => IdentityState.None,
            _ when svid.NotAfter <= now => IdentityState.Ended,
            _ when now >= svid.NotBefore + ((svid.NotAfter - svid.NotBefore) * Overdue) => IdentityState.Overdue,
            _ => IdentityState.Good,
        };
        return new IdentityHealth(options.Place, options.Required, svid?.Id.ToString(), svid?.NotAfter, state, own.Problem);
    }

    /// <summary>What it does to the whole, and why; null when there is nothing to say.</summary>
    [JsonIgnore]
    public (HealthStatus Status, string Reason)? Concern => State switch
    {
        IdentityState.None => (HealthStatus.Degraded, $"there is no identity yet: {Problem ?? "nothing came"}"),
        IdentityState.Ended => (Required ? HealthStatus.NotReady : HealthStatus.Degraded, $"the identity {SpiffeId} ended at {Time}: {Problem ?? "no newer one came"}"),
        IdentityState.Overdue => (HealthStatus.Degraded, $"the identity {SpiffeId} ends at {Time} and was not renewed: {Problem ?? "no newer one came"}"),
        _ when Problem is not null => (HealthStatus.Ready, $"identity: {Problem}; {SpiffeId} holds until {Time}"),
        _ => null,
    };

    private string? Time => NotAfter?.ToUniversalTime().ToString("u", CultureInfo.InvariantCulture);
}
