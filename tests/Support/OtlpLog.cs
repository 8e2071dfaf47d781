namespace Sallyport.Tests.Support;

/// <summary>One exported log record.</summary>
internal sealed record OtlpLog(string Category, string Severity, string Body, string TraceId, IReadOnlyDictionary<string, string> Attributes);
