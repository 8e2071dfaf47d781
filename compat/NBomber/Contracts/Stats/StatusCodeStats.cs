namespace NBomber.Contracts.Stats;

/// <summary>How often one status code came, with one of its messages.</summary>
public sealed record StatusCodeStats
{
    public string StatusCode { get; set; } = "";

    public bool IsError { get; set; }

    public string Message { get; set; } = "";

    public int Count { get; set; }

    /// <summary>Of all requests of the scenario or step, rounded.</summary>
    public int Percent { get; set; }
}
