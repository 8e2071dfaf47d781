namespace Sallyport.Gateway.Attestation;

/// <summary>One signature of an envelope.</summary>
/// <param name="KeyId">Says where to look for the key, and nothing else: nobody signed it. Null where it is absent or empty.</param>
/// <param name="Bytes">As the envelope has it: see <see cref="SignatureForm"/>.</param>
internal sealed record DsseSignature(string? KeyId, byte[] Bytes);
