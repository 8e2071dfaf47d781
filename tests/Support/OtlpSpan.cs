namespace Sallyport.Tests.Support;

/// <summary>One exported span.</summary>
internal sealed record OtlpSpan(string Source, string Name, string TraceId, string SpanId, string ParentId, IReadOnlyDictionary<string, string> Attributes);
