using Sallyport.Gateway.Attestation;
using Sallyport.Gateway.Identity;

namespace Sallyport.Gateway.Proof;

/// <summary>What looking at an endorsement came to.</summary>
/// <param name="Link">The endorsement itself.</param>
/// <param name="Svid">The identity behind it.</param>
/// <param name="Read">Null unless it is one.</param>
internal sealed record JudgedEndorsement(ProofLink Link, ProofLink Svid, Endorsement? Read)
{
    // Of clocks.
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    public bool IsProven => Link.State == LinkState.Proven && Svid.State == LinkState.Proven;

    public bool HoldsAt(DateTimeOffset at) => Read is not null && at + Skew >= Read.NotBefore && at <= Read.Expires + Skew;
}
