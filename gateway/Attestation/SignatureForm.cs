using System.Formats.Asn1;
using System.Numerics;
using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Attestation;

/// <summary>The form of a signature in an envelope, where other tools expect it: ECDSA as ASN.1 DER (RFC 3279 section 2.2.3), RSA and Ed25519 as they are everywhere.</summary>
/// <remarks>JWS has the two numbers of an ECDSA signature side by side (RFC 7518 section 3.4).</remarks>
internal static class SignatureForm
{
    public static byte[] Write(Algorithm algorithm, ReadOnlySpan<byte> signature)
    {
        if (algorithm.KeyType != KeyType.Ec) return signature.ToArray();
        var half = algorithm.SignatureBytes / 2;
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(new BigInteger(signature[..half], isUnsigned: true, isBigEndian: true));
            writer.WriteInteger(new BigInteger(signature[half..], isUnsigned: true, isBigEndian: true));
        }

        return writer.Encode();
    }

    /// <returns>The signature as JWS has it; null where an ECDSA signature is not DER, or has numbers that the curve does not have.</returns>
    public static byte[]? Read(Algorithm algorithm, ReadOnlySpan<byte> written)
    {
        if (algorithm.KeyType != KeyType.Ec) return written.ToArray();
        try
        {
            AsnDecoder.ReadSequence(written, AsnEncodingRules.DER, out var offset, out var length, out var consumed);
            var content = written.Slice(offset, length);
            var r = AsnDecoder.ReadInteger(content, AsnEncodingRules.DER, out var first);
            var s = AsnDecoder.ReadInteger(content[first..], AsnEncodingRules.DER, out var second);
            var signature = new byte[algorithm.SignatureBytes];
            var half = signature.Length / 2;
            return consumed == written.Length && first + second == length && TryPlace(r, signature.AsSpan(0, half)) && TryPlace(s, signature.AsSpan(half)) ? signature : null;
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    private static bool TryPlace(BigInteger number, Span<byte> place)
    {
        if (number.Sign < 0 || number.GetByteCount(isUnsigned: true) is var bytes && bytes > place.Length) return false;
        return number.TryWriteBytes(place[^bytes..], out _, isUnsigned: true, isBigEndian: true);
    }
}
