namespace Sallyport.Gateway.Admin;

/// <summary>The answer of a health address.</summary>
/// <param name="Status">The worst of what is in it.</param>
/// <param name="Reasons">Why it is not Ready, and what an operator should know even if it is.</param>
/// <param name="Issuers">By configured order.</param>
internal sealed record HealthReport(HealthStatus Status, IReadOnlyList<string> Reasons, IReadOnlyList<IssuerHealth> Issuers)
{
    public static HealthReport NotReady(params IReadOnlyList<string> reasons) => new(HealthStatus.NotReady, reasons, []);

    public static HealthReport Of(IReadOnlyList<IssuerHealth> issuers, bool isDraining)
    {
        List<string> reasons = [.. issuers.Select(issuer => issuer.Reason).OfType<string>()];
        var status = issuers.Select(issuer => issuer.Status).DefaultIfEmpty(HealthStatus.Ready).Max();
        if (!isDraining) return new HealthReport(status, reasons, issuers);
        reasons.Insert(0, "the process is stopping");
        return new HealthReport(HealthStatus.NotReady, reasons, issuers);
    }

    /// <summary>The same with what another part of the process has to say.</summary>
    public HealthReport With((HealthStatus Status, string? Reason) part) => this with
    {
        Status = part.Status > Status ? part.Status : Status,
        Reasons = part.Reason is { } reason ? [.. Reasons, reason] : Reasons,
    };
}
