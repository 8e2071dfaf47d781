namespace Sallyport.LoadTests.Calibrate;

/// <summary>What a load generator says of a run: requests per second, latencies in milliseconds, and answers that were none or not 200.</summary>
internal sealed record Reading(double Rate, double P50, double P99, long Errors);
