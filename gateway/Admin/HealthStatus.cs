namespace Sallyport.Gateway.Admin;

/// <summary>What <c>/health/ready</c> says of the whole process.</summary>
internal enum HealthStatus
{
    /// <summary>Everything that the configuration trusts can be verified.</summary>
    Ready,

    /// <summary>It serves, but something that an operator should see to has failed.</summary>
    Degraded,

    /// <summary>No traffic should come here now.</summary>
    NotReady,
}
