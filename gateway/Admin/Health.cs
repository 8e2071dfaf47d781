using Sallyport.Gateway.Redis;
using Sallyport.Gateway.Revocation;
using Sallyport.Gateway.Trust;

namespace Sallyport.Gateway.Admin;

/// <summary>Reads the health of the process from its running parts.</summary>
/// <param name="redis">Null where this process shares nothing.</param>
/// <param name="signing">Null where it issues nothing.</param>
/// <param name="identity">Null where it has none but its keys.</param>
/// <param name="audit">Null where nothing durable is recorded.</param>
internal sealed class Health(
    TrustedIssuers trust, RevocationList revocations, IHostApplicationLifetime lifetime, TimeProvider clock, RedisConnection? redis = null, SigningStatus? signing = null, IdentityStatus? identity = null, AuditStatus? audit = null)
{
    private volatile bool _hasStarted;

    /// <summary>The process runs: nothing outside it is looked at, so that no outage elsewhere restarts it.</summary>
    public static HealthReport Live { get; } = new(HealthStatus.Ready, [], []);

    /// <summary>
    /// Whether the start is over: the proxy listens, and the first fetch of every issuer's keys has come to an end, good or bad.
    /// Once over it stays over.
    /// </summary>
    public HealthReport Startup()
    {
        if (_hasStarted) return Live;
        var reasons = new List<string>();
        if (!lifetime.ApplicationStarted.IsCancellationRequested) reasons.Add("the proxy does not listen yet");
        if (trust.Current is null) reasons.Add("no configuration is in force yet");
        foreach (var issuer in trust.Current?.Issuers ?? [])
            if (issuer.Keys is RemoteKeys { Current: null, LastFailure: null })
                reasons.Add($"the keys of issuer '{issuer.Name}' have not been asked for yet");
        if (reasons.Count > 0) return HealthReport.NotReady(reasons);
        _hasStarted = true;
        return Live;
    }

    /// <summary>Whether traffic should come here: every issuer marked Required has usable keys, there is a key to sign with where we issue, and the process is not stopping.</summary>
    public HealthReport Ready()
    {
        if (trust.Current is not { } model) return HealthReport.NotReady("no configuration is in force yet");
        var (own, self, trail) = (signing?.Health(), identity?.Health(), audit?.Health());
        return HealthReport.Of(
            [.. model.Issuers.Select(issuer => IssuerHealth.Of(issuer, clock))], Concerns(own, self, trail), lifetime.ApplicationStopping.IsCancellationRequested)
            with { Signing = own, Identity = self, Audit = trail };
    }

    private List<(HealthStatus Status, string Reason)> Concerns(SigningHealth? own, IdentityHealth? self, AuditHealth? trail)
    {
        var concerns = new List<(HealthStatus, string)>();
        if (own?.Concern is { } unsigned) concerns.Add(unsigned);
        if (self?.Concern is { } nameless) concerns.Add(nameless);
        if (trail?.Concern is { } unrecorded) concerns.Add(unrecorded);
        // It serves from memory: an outage of what the replicas share takes none of them away.
        if (redis?.Problem is { } problem) concerns.Add((HealthStatus.Degraded, problem));
        if (RevocationHealth.Of(revocations, redis) is { } concern) concerns.Add(concern);
        return concerns;
    }
}
