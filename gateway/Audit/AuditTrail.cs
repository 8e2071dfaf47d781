using System.Text;
using Sallyport.Gateway.Telemetry;

namespace Sallyport.Gateway.Audit;

/// <summary>Keeps what happened: durably where there is a trail, or else as one line of JSON a record in the log category of this type.</summary>
/// <param name="logger">Where records go without a trail.</param>
/// <param name="writer">The trail; null for none.</param>
/// <param name="metrics">Counts them; null for nobody who counts.</param>
internal sealed partial class AuditTrail(ILogger<AuditTrail> logger, TrailWriter? writer = null, GatewayMetrics? metrics = null)
{
    private int _unaudited;

    /// <summary>Why the trail could not be written the last time; null while it can, and where there is none.</summary>
    public string? Problem => writer?.Problem;

    /// <summary>For an operator's emergency: what the trail does not take is written to the log, and does not stop anything.</summary>
    public bool IsUnauditedAllowed { get; set; }

    /// <summary>How many records went to the log because the trail was away.</summary>
    public int Unaudited => _unaudited;

    /// <summary>Keeps one record. What it tells of must not be done before this has completed.</summary>
    /// <exception cref="AuditUnavailableException">It cannot be kept.</exception>
    public async ValueTask RecordAsync(AuditRecord record, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (writer is null)
        {
            Recorded(record);
            metrics?.AuditRecorded(record.Event);
            return;
        }

        // What cannot be read again must not come into the trail: it would count as damage.
        if (!IsPlain(record) && (AsLine(record) is var line && (line.Length > TrailLine.MaxBytes - TrailLine.MostGrowth || TrailLine.Read(line) is null)))
            throw new AuditUnavailableException("a record is longer than a line of the trail may be, or holds text that is none");
        if (_unaudited > 0)
        {
            Fallback(record);
            return;
        }

        try
        {
            await writer.AppendAsync(record, cancellation);
            metrics?.AuditRecorded(record.Event);
        }
        catch (AuditUnavailableException) when (IsUnauditedAllowed)
        {
            Fallback(record);
        }
    }

    /// <summary>Keeps a record of what happened whether it is kept or not: a refusal, which let nothing out. One that is lost is counted.</summary>
    public async ValueTask TryRecordAsync(AuditRecord record, CancellationToken cancellation)
    {
        try
        {
            await RecordAsync(record, cancellation);
        }
        catch (AuditUnavailableException)
        {
            metrics?.AuditLost(record.Event);
        }
    }

    /// <summary>Whether it is short, and has no half of a surrogate pair in it: then it can be read again, and need not be tried.</summary>
    private static bool IsPlain(AuditRecord record)
    {
        var left = TrailLine.MaxBytes / 16;
        foreach (var text in (ReadOnlySpan<string?>)[record.Event, record.Actor, record.KeyId, record.TokenId, record.Hash, record.Subject, record.Reason, record.Issuer, record.Trail, record.SpiffeId, record.Checkpoint, record.Detail])
            if (!Fits(text)) return false;
        foreach (var audience in record.Audiences)
            if (!Fits(audience)) return false;
        return true;

        bool Fits(string? text)
        {
            left -= (text?.Length ?? 0) + 1;
            return left > 0 && !text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF');
        }
    }

    private void Fallback(AuditRecord record)
    {
        Interlocked.Increment(ref _unaudited);
        Recorded(record);
    }

    private void Recorded(AuditRecord record) => Recorded(Encoding.UTF8.GetString(AsLine(record)));

    private static byte[] AsLine(AuditRecord record) => new TrailLine(1, record, TrailLine.Origin).ToJson();

    [LoggerMessage(9001, LogLevel.Information, "{Record}")]
    private partial void Recorded(string record);
}
