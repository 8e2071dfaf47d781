using Sallyport.Gateway.Audit;

namespace Sallyport.Gateway.Admin;

/// <summary>Reads the state of the audit trail from its writer. Only in a process that has one.</summary>
internal sealed class AuditStatus(AuditOptions options, TrailWriter writer)
{
    public AuditHealth Health() => AuditHealth.Of(options, writer);
}
