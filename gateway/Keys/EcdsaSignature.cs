using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;

namespace Sallyport.Gateway.Keys;

/// <summary>An ECDSA signature in the two ways that it is written: DER (RFC 3279 section 2.2.3), and r and s side by side (RFC 7518 section 3.4).</summary>
internal static class EcdsaSignature
{
    /// <summary>From DER, strictly: two positive integers that fit, and nothing after them.</summary>
    /// <param name="size">Bytes of r and s together.</param>
    public static bool TryFromDer(ReadOnlyMemory<byte> der, int size, [NotNullWhen(true)] out byte[]? raw)
    {
        raw = null;
        try
        {
            var reader = new AsnReader(der, AsnEncodingRules.DER);
            var pair = reader.ReadSequence();
            reader.ThrowIfNotEmpty();
            var (r, s) = (pair.ReadIntegerBytes(), pair.ReadIntegerBytes());
            pair.ThrowIfNotEmpty();
            var written = new byte[size];
            if (!Write(r.Span, written.AsSpan(0, size / 2)) || !Write(s.Span, written.AsSpan(size / 2))) return false;
            raw = written;
            return true;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    private static bool Write(ReadOnlySpan<byte> integer, Span<byte> field)
    {
        // The first bit is the sign; the zero before it makes a number positive.
        if (integer[0] >= 0x80) return false;
        integer = integer.TrimStart((byte)0);
        if (integer.IsEmpty || integer.Length > field.Length) return false;
        integer.CopyTo(field[^integer.Length..]);
        return true;
    }
}
