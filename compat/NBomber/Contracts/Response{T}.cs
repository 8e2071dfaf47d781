namespace NBomber.Contracts;

/// <summary>A response with what it carries for the next step.</summary>
public sealed record Response<T> : IResponse
{
    public string StatusCode { get; init; } = "";

    public bool IsError { get; init; }

    public long SizeBytes { get; init; }

    public double CustomLatencyMs { get; init; }

    public string Message { get; init; } = "";

    /// <summary>Null where there is none.</summary>
    public Payload<T>? Payload { get; init; }
}
