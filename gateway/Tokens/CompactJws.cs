using System.Diagnostics.CodeAnalysis;
namespace Sallyport.Gateway.Tokens;

/// <summary>
/// A JWS in compact form (RFC 7515, section 7.1), taken apart but not yet believed. Parsing decodes the three parts and
/// reads the header; the payload stays bytes. One buffer holds signing input, payload and signature, in this order.
/// </summary>
internal sealed class CompactJws
{
    // Headers without certificates fit; the others cost an array.
    private const int OrdinaryHeaderBytes = 512;

    private readonly byte[] _buffer;
    private readonly int _payloadStart;
    private readonly int _signatureStart;

    private CompactJws(JoseHeader header, byte[] buffer, int payloadStart, int signatureStart) =>
        (Header, _buffer, _payloadStart, _signatureStart) = (header, buffer, payloadStart, signatureStart);

    /// <summary>The protected header.</summary>
    public JoseHeader Header { get; }

    /// <summary>What the signature covers: the ASCII bytes of the first two parts and the dot between.</summary>
    public ReadOnlySpan<byte> SigningInput => _buffer.AsSpan(0, _payloadStart);

    /// <summary>The decoded payload.</summary>
    public ReadOnlyMemory<byte> Payload => _buffer.AsMemory(_payloadStart, _signatureStart - _payloadStart);

    /// <summary>The decoded signature.</summary>
    public ReadOnlySpan<byte> Signature => _buffer.AsSpan(_signatureStart);

    /// <summary>Takes a token apart. Its length is checked before anything of it is read.</summary>
    public static bool TryParse(ReadOnlySpan<char> token, int maxBytes, [NotNullWhen(true)] out CompactJws? jws, [NotNullWhen(false)] out TokenFault? fault)
    {
        jws = null;
        fault = token.Length > maxBytes ? TokenFault.TooLong : Read(token, out jws);
        return fault is null;
    }

    private static TokenFault? Read(ReadOnlySpan<char> token, out CompactJws? jws)
    {
        jws = null;
        if (!TrySplit(token, out var headerEnd, out var payloadEnd, out var fault))
            return fault;
        var payload = token[(headerEnd + 1)..payloadEnd];
        var signature = token[(payloadEnd + 1)..];

        // The header goes first: it may say what is wrong with the rest ("none" comes with an empty signature).
        if (!TryReadHeader(token[..headerEnd], out var header, out fault))
            return fault;

        var payloadBytes = StrictBase64Url.DecodedLength(payload.Length);
        var signatureBytes = StrictBase64Url.DecodedLength(signature.Length);
        if (payloadBytes < 0 || signatureBytes <= 0)
            return TokenFault.Malformed;
        var buffer = new byte[payloadEnd + payloadBytes + signatureBytes];
        if (!StrictBase64Url.TryDecode(payload, buffer.AsSpan(payloadEnd, payloadBytes), out _)
            || !StrictBase64Url.TryDecode(signature, buffer.AsSpan(payloadEnd + payloadBytes), out _))
        {
            return TokenFault.Malformed;
        }

        // All parts proved to be ASCII by now.
        for (var i = 0; i < payloadEnd; i++)
            buffer[i] = (byte)token[i];
        jws = new CompactJws(header!, buffer, payloadEnd, payloadEnd + payloadBytes);
        return null;
    }

    private static bool TrySplit(ReadOnlySpan<char> token, out int headerEnd, out int payloadEnd, out TokenFault? fault)
    {
        fault = TokenFault.Malformed;
        headerEnd = payloadEnd = 0;
        var dots = token.Count('.');
        if (dots == 4 && StrictBase64Url.IsAlphabetWithDots(token))
            fault = TokenFault.Encrypted;
        if (dots != 2)
            return false;
        headerEnd = token.IndexOf('.');
        payloadEnd = token.LastIndexOf('.');
        return headerEnd > 0;
    }

    private static bool TryReadHeader(ReadOnlySpan<char> part, out JoseHeader? header, out TokenFault? fault)
    {
        header = null;
        fault = TokenFault.Malformed;
        var length = StrictBase64Url.DecodedLength(part.Length);
        if (length < 0)
            return false;
        if (length > JoseHeader.MaxBytes)
        {
            fault = TokenFault.HeaderInvalid;
            return false;
        }

        Span<byte> utf8 = length <= OrdinaryHeaderBytes ? stackalloc byte[OrdinaryHeaderBytes] : new byte[length];
        return StrictBase64Url.TryDecode(part, utf8, out var written) && JoseHeader.TryParse(utf8[..written], out header, out fault);
    }
}
