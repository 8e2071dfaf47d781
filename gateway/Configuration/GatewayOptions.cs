using Sallyport.Gateway.Admin;
using Sallyport.Gateway.Audit;
using Sallyport.Gateway.Demonstration;
using Sallyport.Gateway.Identity;
using Sallyport.Gateway.Issuing;
using Sallyport.Gateway.Proxy;
using Sallyport.Gateway.Redis;
using Sallyport.Gateway.Revocation;
using Sallyport.Gateway.Telemetry;
using Sallyport.Gateway.Trust;
using Sallyport.Gateway.Verification;
using Sallyport.Policies;
using Yarp.ReverseProxy.Configuration;

namespace Sallyport.Gateway.Configuration;

/// <summary>A whole configuration, read and checked: the <c>Sallyport</c> section and YARP's <c>ReverseProxy</c>.</summary>
internal sealed record GatewayOptions
{
    public required IReadOnlyList<TrustedIssuerOptions> TrustedIssuers { get; init; }

    public required IReadOnlyList<PolicyOptions> Policies { get; init; }

    /// <summary>Null: one process, which shares nothing.</summary>
    public required RedisOptions? Redis { get; init; }

    public required RevocationOptions Revocation { get; init; }

    public IssuerOptions? Issuer { get; init; }

    /// <summary>Null: the process has no identity but its keys.</summary>
    public IdentityOptions? Identity { get; init; }

    /// <summary>How records of what happens are kept.</summary>
    public AuditOptions Audit { get; init; } = new();

    public required ForwardingOptions Forwarding { get; init; }

    public required VerifiedTokensOptions VerifiedTokens { get; init; }

    public required AdminOptions Admin { get; init; }

    public required TelemetryOptions Telemetry { get; init; }

    public required DemonstrationOptions Demonstration { get; init; }

    public required IReadOnlyList<RouteConfig> Routes { get; init; }

    public required IReadOnlyList<ClusterConfig> Clusters { get; init; }
}
