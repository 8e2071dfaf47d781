namespace NBomber.Engine;

/// <summary>A second of a scenario, as the charts show it: latencies of its good answers in milliseconds.</summary>
internal readonly record struct Moment(TimeSpan At, TimeSpan Length, long Ok, long Fail, double P50, double P95, double P99, double Max, int InFlight);
