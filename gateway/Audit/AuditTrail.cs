using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sallyport.Gateway.Audit;

/// <summary>Keeps what happened: one line of JSON a record, in the log category of this type.</summary>
internal sealed partial class AuditTrail(ILogger<AuditTrail> logger)
{
    private static readonly JsonSerializerOptions Lines = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
        Encoder = JavaScriptEncoder.Default,
    };

    /// <summary>Keeps one record. What it tells of must not be done before this has returned.</summary>
    public void Record(AuditRecord record) => Recorded(JsonSerializer.Serialize(record, Lines));

    [LoggerMessage(9001, LogLevel.Information, "{Record}")]
    private partial void Recorded(string record);
}
