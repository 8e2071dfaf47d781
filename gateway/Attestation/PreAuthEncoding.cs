using System.Text;

namespace Sallyport.Gateway.Attestation;

/// <summary>What a DSSE signature is made over (DSSE protocol 1.0.0, PAE): the type and the body, each with its length in bytes, so that neither can be taken for a part of the other.</summary>
internal static class PreAuthEncoding
{
    /// <returns><c>DSSEv1 LEN(type) type LEN(body) body</c>; the type in UTF-8.</returns>
    public static byte[] Of(string type, ReadOnlySpan<byte> body)
    {
        var before = Encoding.UTF8.GetBytes($"DSSEv1 {Encoding.UTF8.GetByteCount(type)} {type} {body.Length} ");
        return [.. before, .. body];
    }
}
