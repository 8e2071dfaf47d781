using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Sallyport.Gateway.Redis;
using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Trust;

/// <summary>One issuer's JWK Set as the replicas share it, authenticated with a key that Redis does not have.</summary>
/// <param name="Document">The JWK Set as the issuer answered it (RFC 7517 section 5).</param>
/// <param name="Version">Grows with every attempt of the whole fleet; the order of two documents is the order of their versions, never of clocks.</param>
/// <param name="FetchedAt">When the issuer answered, in Unix milliseconds by the clock of Redis.</param>
/// <param name="SoftExpiry">When a refresh is due, likewise.</param>
/// <param name="HardExpiry">When trust ends, likewise.</param>
/// <remarks>
/// As text: <c>version.mac.fetchedAt.softExpiry.hardExpiry.document</c>. The MAC is over everything but itself, and over the issuer
/// and the source of its keys: a document that was moved to another issuer's place is as good as a forged one.
/// </remarks>
internal sealed record SharedDocument(byte[] Document, long Version, long FetchedAt, long SoftExpiry, long HardExpiry)
{
    private const int Numbers = 4;
    private static readonly int MacChars = Base64Url.GetEncodedLength(MacKeys.MacBytes);

    public byte[] ToBytes(MacKeys keys, SharedName name)
    {
        var head = string.Create(CultureInfo.InvariantCulture, $"{FetchedAt}.{SoftExpiry}.{HardExpiry}.");
        var tail = (byte[])[.. Encoding.ASCII.GetBytes(head), .. Document];
        Span<byte> mac = stackalloc byte[MacKeys.MacBytes];
        keys.Sign(Authenticated(name, Version, tail), mac);
        return [.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Version}.{Base64Url.EncodeToString(mac)}.")), .. tail];
    }

    /// <returns>Null for anything that no holder of the keys wrote for this very name.</returns>
    public static SharedDocument? Read(ReadOnlyMemory<byte> bytes, MacKeys keys, SharedName name)
    {
        Span<long> numbers = stackalloc long[Numbers];
        var rest = bytes;
        if (!TakeNumber(ref rest, out numbers[0])) return null;
        if (rest.Length <= MacChars || rest.Span[MacChars] != '.') return null;
        if (!StrictBase64Url.TryDecode(rest.Span[..MacChars], out var mac) || mac.Length != MacKeys.MacBytes) return null;
        rest = rest[(MacChars + 1)..];
        if (!keys.Verify(Authenticated(name, numbers[0], rest.Span), mac)) return null;

        for (var i = 1; i < Numbers; i++)
            if (!TakeNumber(ref rest, out numbers[i])) return null;
        return new SharedDocument(rest.ToArray(), numbers[0], numbers[1], numbers[2], numbers[3]);
    }

    /// <summary>Names no key.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"Shared document, version {Version}");

    private static byte[] Authenticated(SharedName name, long version, ReadOnlySpan<byte> tail) =>
        [.. name.Binding.Span, .. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{version}.")), .. tail];

    private static bool TakeNumber(ref ReadOnlyMemory<byte> rest, out long number)
    {
        if (!Utf8Parser.TryParse(rest.Span, out number, out var consumed) || number < 0 || rest.Length <= consumed || rest.Span[consumed] != '.')
            return false;
        rest = rest[(consumed + 1)..];
        return true;
    }
}
