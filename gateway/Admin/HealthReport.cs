using System.Text.Json.Serialization;

namespace Sallyport.Gateway.Admin;

/// <summary>The answer of a health address.</summary>
/// <param name="Status">The worst of what is in it.</param>
/// <param name="Reasons">Why it is not Ready, and what an operator should know even if it is.</param>
/// <param name="Issuers">By configured order.</param>
internal sealed record HealthReport(HealthStatus Status, IReadOnlyList<string> Reasons, IReadOnlyList<IssuerHealth> Issuers)
{
    /// <summary>Our own signing keys; null where the process issues nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SigningHealth? Signing { get; init; }

    /// <summary>Who the process is; null where it has no identity but its keys.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IdentityHealth? Identity { get; init; }

    /// <summary>The audit trail; null where nothing durable is recorded.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AuditHealth? Audit { get; init; }

    public static HealthReport NotReady(params IReadOnlyList<string> reasons) => new(HealthStatus.NotReady, reasons, []);

    /// <param name="issuers">By configured order.</param>
    /// <param name="concerns">What else there is to say: what it does to the whole, and why.</param>
    /// <param name="isDraining">Whether the process is stopping.</param>
    public static HealthReport Of(IReadOnlyList<IssuerHealth> issuers, IReadOnlyList<(HealthStatus Status, string Reason)> concerns, bool isDraining)
    {
        List<string> reasons = [.. issuers.Select(issuer => issuer.Reason).OfType<string>(), .. concerns.Select(concern => concern.Reason)];
        var status = issuers.Select(issuer => issuer.Status).Concat(concerns.Select(concern => concern.Status)).DefaultIfEmpty(HealthStatus.Ready).Max();
        if (!isDraining) return new HealthReport(status, reasons, issuers);
        reasons.Insert(0, "the process is stopping");
        return new HealthReport(HealthStatus.NotReady, reasons, issuers);
    }
}
