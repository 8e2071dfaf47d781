using Sallyport.Gateway.Attestation;
using Sallyport.Gateway.Audit;

namespace Sallyport.Gateway.Proof;

/// <summary>What verifying an archive came to.</summary>
internal sealed record ProofReport
{
    /// <summary>One of each, in the order of <see cref="LinkName.All"/>, with the worst that was found.</summary>
    public required IReadOnlyList<ProofLink> Links { get; init; }

    /// <summary>What does not hold, one by one: the first of them.</summary>
    public required IReadOnlyList<ProofLink> Problems { get; init; }

    /// <summary>The name of the trail; null where it does not begin.</summary>
    public string? Trail { get; init; }

    public string? Issuer { get; init; }

    public long Records { get; init; }

    /// <summary>How many of them a checkpoint vouches for.</summary>
    public long Covered { get; init; }

    public long Checkpoints { get; init; }

    /// <summary>How many tokens were looked at.</summary>
    public long Tokens { get; init; }

    /// <summary>The record of the one that was asked about.</summary>
    public TrailLine? Record { get; init; }

    /// <summary>What else people should know.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    public LinkState State =>
        Links.Any(link => link.State == LinkState.Failed) ? LinkState.Failed
        : Links.Any(link => link.State == LinkState.Unverifiable) ? LinkState.Unverifiable
        : LinkState.Proven;
}
