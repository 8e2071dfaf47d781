using Sallyport.Gateway.Keys;

namespace Sallyport.Gateway.Attestation;

/// <summary>What verifying an attestation came to.</summary>
/// <param name="Links">In the order in which they were looked at.</param>
/// <param name="KeyId">The kid of the signature that holds; null for none.</param>
/// <param name="Key">Its key, as the archive has it.</param>
/// <param name="Statement">Only of an envelope whose signature holds: nothing else of it is worth telling.</param>
internal sealed record AttestationReport(IReadOnlyList<ProofLink> Links, string? KeyId = null, ArchivedKey? Key = null, Statement? Statement = null)
{
    /// <summary>Failed when a link is; else unverifiable when one is.</summary>
    public LinkState State =>
        Links.Any(link => link.State == LinkState.Failed) ? LinkState.Failed
        : Links.Any(link => link.State == LinkState.Unverifiable) ? LinkState.Unverifiable
        : LinkState.Proven;
}
