using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Security.Cryptography;

namespace Sallyport.Gateway.Identity;

/// <summary>Certificates one after the other, as DER without anything between (Workload API) or as PEM (RFC 7468). Only taken apart here, not looked into.</summary>
internal static class CertificateList
{
    /// <summary>No certificate of SPIFFE comes near; in bytes.</summary>
    private const int LargestCertificate = 32 * 1024;

    /// <param name="der">The certificates.</param>
    /// <param name="most">How many there may be.</param>
    /// <param name="certificates">At least one, or null.</param>
    /// <param name="problem">A clause about them.</param>
    public static bool TryReadDer(ReadOnlyMemory<byte> der, int most, [NotNullWhen(true)] out IReadOnlyList<byte[]>? certificates, [NotNullWhen(false)] out string? problem)
    {
        var found = new List<byte[]>();
        problem = null;
        while (!der.IsEmpty && problem is null)
        {
            if (!AsnDecoder.TryReadEncodedValue(der.Span, AsnEncodingRules.DER, out var tag, out _, out _, out var length) || tag != Asn1Tag.Sequence)
                problem = "what should be DER certificates is something else";
            else
                (problem, der) = (Add(found, der[..length].ToArray(), most), der[length..]);
        }

        return Answer(found, ref problem, out certificates);
    }

    /// <summary>The <c>CERTIFICATE</c> blocks of a PEM text. Any other block is a mistake: a private key does not belong beside what is public.</summary>
    /// <inheritdoc cref="TryReadDer"/>
    public static bool TryReadPem(ReadOnlySpan<byte> utf8, int most, [NotNullWhen(true)] out IReadOnlyList<byte[]>? certificates, [NotNullWhen(false)] out string? problem)
    {
        var found = new List<byte[]>();
        problem = null;
        var rest = utf8;
        while (problem is null && PemEncoding.TryFindUtf8(rest, out var block))
        {
            // The search passes over what only starts like a block.
            if (HasBegin(rest[..block.Location.Start]))
                problem = "a PEM block is broken";
            else if (!rest[block.Label].SequenceEqual("CERTIFICATE"u8))
                problem = "a PEM block is no CERTIFICATE";
            else
                problem = Add(found, Decode(rest[block.Base64Data], block.DecodedDataLength), most);
            rest = rest[block.Location.End..];
        }

        if (problem is null && HasBegin(rest)) problem = "a PEM block is broken";
        return Answer(found, ref problem, out certificates);
    }

    private static string? Add(List<byte[]> found, byte[] der, int most)
    {
        if (found.Count == most) return $"there are more than {most} certificates";
        if (der.Length > LargestCertificate) return "a certificate has more than 32 KiB";
        found.Add(der);
        return null;
    }

    private static bool Answer(List<byte[]> found, ref string? problem, [NotNullWhen(true)] out IReadOnlyList<byte[]>? certificates)
    {
        if (found.Count == 0) problem ??= "there is no certificate";
        certificates = problem is null ? found : null;
        return certificates is not null;
    }

    private static byte[] Decode(ReadOnlySpan<byte> base64, int length)
    {
        var der = new byte[length];
        return Base64.DecodeFromUtf8(base64, der, out _, out var written) == OperationStatus.Done && written == length ? der : [];
    }

    private static bool HasBegin(ReadOnlySpan<byte> text) => text.IndexOf("-----BEGIN"u8) >= 0;
}
