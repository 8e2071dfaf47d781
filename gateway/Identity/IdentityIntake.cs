using Sallyport.Gateway.Telemetry;

namespace Sallyport.Gateway.Identity;

/// <summary>Takes what a feed brings: publishes what is new, and tells once what is wrong.</summary>
internal sealed partial class IdentityIntake(OwnIdentity own, ILogger<IdentityIntake> logger, GatewayMetrics? metrics = null)
{
    /// <summary>An identity that was checked. Most of the time it is the one that is there.</summary>
    public void Take(IdentitySnapshot snapshot)
    {
        if (own.Last is { } last && IsSame(last, snapshot))
        {
            snapshot.Svid.Dispose();
            Confirm();
            return;
        }

        var isOnlyBundle = string.Equals(own.Last?.Svid.CertificateHash, snapshot.Svid.CertificateHash, StringComparison.Ordinal);
        own.Publish(snapshot);
        metrics?.IdentityUpdated("taken");
        var domains = string.Join(", ", snapshot.Bundles.TrustDomains.OrderBy(domain => domain.Name, StringComparer.Ordinal).Select(domain => domain.Name));
        if (isOnlyBundle) NewBundles(snapshot.Svid.Id, domains);
        else NewSvid(snapshot.Svid.Id, snapshot.Svid.NotAfter, snapshot.Svid.Public.Thumbprint, snapshot.Svid.Algorithm.Name, domains);
    }

    /// <summary>The source is well, and has what is there already.</summary>
    public void Confirm()
    {
        own.Recover();
        metrics?.IdentityUpdated("unchanged");
    }

    /// <summary>Something came that is no identity of ours; what there was goes on.</summary>
    public void Refuse(string problem) => Fail(problem, "refused");

    /// <summary>Nothing came, and why; what there was goes on.</summary>
    public void Away(string problem, string outcome) => Fail(problem, outcome);

    /// <summary>Something that works and should not be so.</summary>
    public void Warn(string what) => Careless(what);

    private static bool IsSame(IdentitySnapshot one, IdentitySnapshot other) =>
        string.Equals(one.Svid.CertificateHash, other.Svid.CertificateHash, StringComparison.Ordinal) && one.Bundles.IsSameAs(other.Bundles);

    private void Fail(string problem, string outcome)
    {
        metrics?.IdentityUpdated(outcome);
        // Attempts go on as long as it lasts; the log says it once.
        var isNews = !string.Equals(own.Problem, problem, StringComparison.Ordinal);
        own.Fail(problem);
        if (!isNews) return;
        if (own.Current is { } current) NoNewIdentity(problem, current.Svid.Id, current.Svid.NotAfter);
        else NoIdentity(problem);
    }

    [LoggerMessage(9201, LogLevel.Information, "This is {SpiffeId} until {NotAfter:u}: key {Thumbprint}, {Algorithm}; bundles of {TrustDomains}")]
    private partial void NewSvid(SpiffeId spiffeId, DateTimeOffset notAfter, string thumbprint, string algorithm, string trustDomains);

    [LoggerMessage(9202, LogLevel.Information, "The trust bundles of {SpiffeId} have changed: bundles of {TrustDomains}")]
    private partial void NewBundles(SpiffeId spiffeId, string trustDomains);

    [LoggerMessage(9203, LogLevel.Warning, "No new identity: {Problem}. {SpiffeId} holds until {NotAfter:u}")]
    private partial void NoNewIdentity(string problem, SpiffeId spiffeId, DateTimeOffset notAfter);

    [LoggerMessage(9204, LogLevel.Warning, "There is no identity: {Problem}")]
    private partial void NoIdentity(string problem);

    [LoggerMessage(9205, LogLevel.Warning, "{What}")]
    private partial void Careless(string what);
}
