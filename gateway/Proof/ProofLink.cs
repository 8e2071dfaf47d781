using Sallyport.Gateway.Attestation;

namespace Sallyport.Gateway.Proof;

/// <summary>One link of a proof, and what became of it.</summary>
/// <param name="Name">A stable word of <see cref="LinkName"/>.</param>
/// <param name="State">The worst that was found.</param>
/// <param name="Reason">A stable code; <c>proven</c> where it holds.</param>
/// <param name="Detail">A sentence that names the place.</param>
internal sealed record ProofLink(string Name, LinkState State, string Reason, string Detail);
