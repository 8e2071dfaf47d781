using System.Text;

namespace Sallyport.Gateway.Audit;

/// <summary>Keeps what happened: one line of JSON a record, in the log category of this type.</summary>
internal sealed partial class AuditTrail(ILogger<AuditTrail> logger)
{
    /// <summary>Keeps one record. What it tells of must not be done before this has completed.</summary>
    /// <exception cref="AuditUnavailableException">It cannot be kept.</exception>
    public ValueTask RecordAsync(AuditRecord record, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        Recorded(Encoding.UTF8.GetString(new TrailLine(1, record, TrailLine.Origin).ToJson()));
        return ValueTask.CompletedTask;
    }

    [LoggerMessage(9001, LogLevel.Information, "{Record}")]
    private partial void Recorded(string record);
}
