namespace Sallyport.Gateway.Attestation;

/// <summary>One link of a proof, and what became of it: of an attestation, or of a token in the audit trail.</summary>
/// <param name="Name">A stable word, as <c>signature</c>.</param>
/// <param name="State">The worst that was found.</param>
/// <param name="Reason">A stable code; <c>proven</c> where it holds.</param>
/// <param name="Detail">A sentence that names the place.</param>
internal sealed record ProofLink(string Name, LinkState State, string Reason, string Detail)
{
    public static ProofLink Proven(string name, string detail) => new(name, LinkState.Proven, "proven", detail);

    public static ProofLink Failed(string name, string reason, string detail) => new(name, LinkState.Failed, reason, detail);

    public static ProofLink Unverifiable(string name, string reason, string detail) => new(name, LinkState.Unverifiable, reason, detail);
}
