namespace Sallyport.Tests.Support;

/// <summary>One exported measurement: a sum, a gauge's value, or the sum of a histogram.</summary>
internal sealed record OtlpPoint(string Meter, string Metric, string Unit, double Value, IReadOnlyDictionary<string, string> Labels);
