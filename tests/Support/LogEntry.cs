using Microsoft.Extensions.Logging;

namespace Sallyport.Tests.Support;

/// <summary>One thing logged: the message as formatted, and the named values it was formatted from.</summary>
internal sealed record LogEntry(
    string Category,
    LogLevel Level,
    EventId Id,
    string Message,
    IReadOnlyList<KeyValuePair<string, object?>> Values,
    Exception? Exception)
{
    /// <summary>Everything that a log exporter could write of this entry, for asserting what must not be in it.</summary>
    public string Everything =>
        $"{Level} {Category}[{Id.Id}:{Id.Name}] {Message} {string.Join(' ', Values.Select(value => $"{value.Key}={value.Value}"))} {Exception}";
}
