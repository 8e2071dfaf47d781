using Sallyport.Gateway.Attestation;
using Sallyport.Gateway.Proof;

namespace Sallyport.Tests.Proof;

/// <summary>What a report should say.</summary>
internal static class Verdicts
{
    public static void IsProven(this ProofReport report) => Assert.True(report.State == LinkState.Proven, Said(report));

    /// <summary>It does not hold, and this is among the reasons.</summary>
    public static void Has(this ProofReport report, LinkState state, string link, string reason)
    {
        Assert.True(report.State == state, $"{state} expected\n{Said(report)}");
        Assert.True(report.Problems.Any(problem => (problem.Name, problem.State, problem.Reason) == (link, state, reason)), $"{link} {reason} expected\n{Said(report)}");
    }

    public static ProofLink Link(this ProofReport report, string name) => report.Links.Single(link => link.Name == name);

    public static string Said(ProofReport report) => string.Join('\n', [.. report.Links, .. report.Problems]);
}
