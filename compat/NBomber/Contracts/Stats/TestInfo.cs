namespace NBomber.Contracts.Stats;

/// <summary>What the test is called.</summary>
public sealed record TestInfo
{
    public string SessionId { get; set; } = "";

    public string TestSuite { get; set; } = "";

    public string TestName { get; set; } = "";

    public string ClusterId { get; set; } = "";

    public DateTime Created { get; set; }
}
