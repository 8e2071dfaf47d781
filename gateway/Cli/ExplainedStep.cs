namespace Sallyport.Gateway.Cli;

/// <summary>One step of the gate and what came of it.</summary>
/// <param name="Number">As in the gate's own table; 0 for the choice of the route, before the gate.</param>
/// <param name="Name">As in the gate's own table.</param>
/// <param name="Outcome">passed, failed, skipped or not reached.</param>
/// <param name="Reason">The stable code, when there is one.</param>
/// <param name="Detail">A sentence for people.</param>
internal sealed record ExplainedStep(int Number, string Name, string Outcome, string? Reason, string Detail)
{
    public const string Passed = "passed";
    public const string Failed = "failed";
    public const string Skipped = "skipped";
    public const string NotReached = "not reached";
}
