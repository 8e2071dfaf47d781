namespace NBomber.Contracts;

/// <summary>What a scenario or a step came to.</summary>
public interface IResponse
{
    string StatusCode { get; }

    bool IsError { get; }

    long SizeBytes { get; }

    /// <summary>Counts instead of the measured latency, unless it is 0.</summary>
    double CustomLatencyMs { get; }

    string Message { get; }
}
