namespace Sallyport.Gateway.Attestation;

/// <summary>One link of the proof that an attestation is ours.</summary>
/// <param name="Name">A stable word: envelope, signature, endorsement, payload_type, statement, subject, token.</param>
/// <param name="Reason">A stable code; <c>proven</c> where it holds.</param>
/// <param name="Detail">A sentence.</param>
internal sealed record AttestationLink(string Name, LinkState State, string Reason, string Detail)
{
    public static AttestationLink Proven(string name, string detail) => new(name, LinkState.Proven, "proven", detail);

    public static AttestationLink Failed(string name, string reason, string detail) => new(name, LinkState.Failed, reason, detail);

    public static AttestationLink Unverifiable(string name, string reason, string detail) => new(name, LinkState.Unverifiable, reason, detail);
}
