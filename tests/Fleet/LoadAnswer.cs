namespace Sallyport.Tests.Fleet;

/// <summary>What came of one request of a <see cref="Load"/>.</summary>
/// <param name="At">When it was sent, since the load began.</param>
/// <param name="Replica">The number of the replica that it was sent to.</param>
/// <param name="Status">Of HTTP; 0 when none came.</param>
/// <param name="Text">The body of an answer other than 200, or what went wrong.</param>
/// <param name="Latency">Until the answer was there.</param>
internal sealed record LoadAnswer(TimeSpan At, int Replica, int Status, string Text, TimeSpan Latency)
{
    public override string ToString() =>
        $"at {At.TotalSeconds:0.000} s, replica {Replica}, after {Latency.TotalMilliseconds:0} ms: {Status} {Text.ReplaceLineEndings(" ")}";
}
