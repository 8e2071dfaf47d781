using System.Text.Json.Serialization;
using Sallyport.Gateway.Audit;

namespace Sallyport.Gateway.Admin;

/// <summary>The health of the audit trail.</summary>
/// <param name="Sink">What keeps it.</param>
/// <param name="Records">How many lines it had when it was last seen; null before.</param>
/// <param name="Covered">How many of them the last checkpoint covers.</param>
/// <param name="Durability">What should be known of how durable it is; null for nothing.</param>
/// <param name="Problem">Why it cannot be written; null while it can.</param>
internal sealed record AuditHealth(AuditSinkKind Sink, long? Records, long? Covered, string? Durability, string? Problem)
{
    public static AuditHealth Of(AuditOptions options, TrailWriter writer) =>
        new(options.Sink, writer.Head?.Count, writer.Head?.Covered, writer.Store.Durability, writer.Problem);

    /// <summary>What it does to the whole, and why: other traffic goes on. Null when there is nothing to say.</summary>
    [JsonIgnore]
    public (HealthStatus Status, string Reason)? Concern => this switch
    {
        { Problem: { } problem } => (HealthStatus.Degraded, $"the audit trail cannot be written, and so no token is issued: {problem}"),
        { Durability: { } durability } => (HealthStatus.Ready, $"the audit trail: {durability}"),
        _ => null,
    };
}
