namespace NBomber.Contracts.Stats;

/// <summary>How a threshold came out.</summary>
public sealed record ThresholdResult
{
    public string ScenarioName { get; set; } = "";

    /// <summary>Empty for a threshold of the whole scenario.</summary>
    public string StepName { get; set; } = "";

    public string CheckExpression { get; set; } = "";

    /// <summary>What the check threw last, or empty.</summary>
    public string ExceptionMsg { get; set; } = "";

    /// <summary>How often it did not hold: while the load ran, and at the end.</summary>
    public int ErrorCount { get; set; }

    /// <summary>It did not hold at the end, or ended the test.</summary>
    public bool IsFailed { get; set; }
}
