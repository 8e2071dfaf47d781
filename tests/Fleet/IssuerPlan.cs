namespace Sallyport.Tests.Fleet;

/// <summary>A trusted issuer of a fleet, as it is configured at every replica.</summary>
/// <param name="Name">Its name in the configuration.</param>
internal sealed record IssuerPlan(string Name)
{
    public TimeSpan SoftExpiry { get; init; } = TimeSpan.FromMinutes(5);

    public TimeSpan Cooldown { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Of one fetch.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>False: the fleet is ready without its keys.</summary>
    public bool Required { get; init; } = true;

    /// <summary>Whether the replicas reach it over a <see cref="Support.Wire"/>.</summary>
    public bool HasWire { get; init; }
}
