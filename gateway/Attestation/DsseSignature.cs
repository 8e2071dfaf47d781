namespace Sallyport.Gateway.Attestation;

/// <summary>One signature of an envelope.</summary>
/// <param name="KeyId">Says where to look for the key, and nothing else: nobody signed it. Null where it is absent or empty.</param>
/// <param name="Bytes">As the envelope has it: see <see cref="SignatureForm"/>.</param>
/// <param name="Chain">A member of our own, <c>x5c</c> (RFC 7515 section 4.1.6): the certificates of the key, the leaf first, DER. Empty where there is none. Nobody signed this either.</param>
internal sealed record DsseSignature(string? KeyId, byte[] Bytes, IReadOnlyList<byte[]> Chain)
{
    public DsseSignature(string? keyId, byte[] bytes)
        : this(keyId, bytes, [])
    {
    }
}
