using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Sallyport.Gateway.Revocation;

/// <summary>A record in the form that lies in Redis, well formed but not yet believed: see <see cref="RecordSeal"/>.</summary>
/// <remarks>
/// <code>
///   octets  0        version, 1
///           1        kind
///           2 .. 5   expires       \
///           6 .. 9   issued before  > whole seconds since 1970, big-endian
///          10 .. 13  revoked at    /
///          14 ..     issuer, value, reason: each two octets of length, then UTF-8
///          last 16   HMAC-SHA256 of all before, truncated
/// </code>
/// </remarks>
internal readonly ref struct SealedRecord
{
    public const int MacBytes = 16;
    public const int MaxIssuerBytes = 2048;

    /// <summary>The longest token that may be accepted is 16 KiB of base64url: no claim is longer than this.</summary>
    public const int MaxValueBytes = 12 * 1024;

    public const int MaxReasonBytes = 512;

    public const int MaxBytes = HeadBytes + (3 * LengthBytes) + MaxIssuerBytes + MaxValueBytes + MaxReasonBytes + MacBytes;

    /// <summary>Where the octets of the issuer begin.</summary>
    public const int IssuerOffset = HeadBytes + LengthBytes;

    private const byte Version1 = 1;
    private const int HeadBytes = 14;
    private const int LengthBytes = sizeof(ushort);

    private SealedRecord(ReadOnlySpan<byte> whole, ReadOnlySpan<byte> issuer, ReadOnlySpan<byte> value, ReadOnlySpan<byte> reason)
    {
        Whole = whole;
        Issuer = issuer;
        Value = value;
        Reason = reason;
    }

    public ReadOnlySpan<byte> Whole { get; }

    public ReadOnlySpan<byte> Issuer { get; }

    public ReadOnlySpan<byte> Value { get; }

    public ReadOnlySpan<byte> Reason { get; }

    public RevocationKind Kind => (RevocationKind)Whole[1];

    public uint Expires => BinaryPrimitives.ReadUInt32BigEndian(Whole[2..]);

    public uint IssuedBefore => BinaryPrimitives.ReadUInt32BigEndian(Whole[6..]);

    public uint RevokedAt => BinaryPrimitives.ReadUInt32BigEndian(Whole[10..]);

    public ReadOnlySpan<byte> Covered => Whole[..^MacBytes];

    public ReadOnlySpan<byte> Mac => Whole[^MacBytes..];

    public RevocationRow Row => new(RevocationKey.Of(Kind, Issuer, Value), IssuedBefore, Expires);

    /// <summary>Reads hostile octets. Whoever made them, what is read means one thing only.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out SealedRecord record)
    {
        record = default;
        if (bytes.Length is < HeadBytes + (3 * LengthBytes) + MacBytes or > MaxBytes || bytes[0] != Version1) return false;
        var rest = bytes[HeadBytes..^MacBytes];
        if (!TryTake(ref rest, MaxIssuerBytes, out var issuer)
            || !TryTake(ref rest, MaxValueBytes, out var value)
            || !TryTake(ref rest, MaxReasonBytes, out var reason)
            || !rest.IsEmpty
            || issuer.IsEmpty) return false;
        var read = new SealedRecord(bytes, issuer, value, reason);
        if (read.Expires <= read.RevokedAt) return false;
        var isAnyIssuedAt = read.IssuedBefore == RevocationRecord.AnyIssuedAt;
        var isSound = read.Kind switch
        {
            RevocationKind.TokenId or RevocationKind.Key => isAnyIssuedAt && !value.IsEmpty,
            RevocationKind.Subject => !isAnyIssuedAt && !value.IsEmpty,
            RevocationKind.Issuer => !isAnyIssuedAt && value.IsEmpty,
            _ => false,
        };
        if (isSound) record = read;
        return isSound;
    }

    /// <summary>All but the MAC, which is left zero.</summary>
    /// <exception cref="ArgumentException">A part is too long, or the parts do not go together.</exception>
    public static byte[] Write(RevocationRecord record)
    {
        var (issuer, value, reason) = (Encoding.UTF8.GetBytes(record.Issuer), Encoding.UTF8.GetBytes(record.Value), Encoding.UTF8.GetBytes(record.Reason));
        if (issuer.Length > MaxIssuerBytes || value.Length > MaxValueBytes || reason.Length > MaxReasonBytes)
            throw new ArgumentException("A part of the record is too long.", nameof(record));
        var bytes = new byte[HeadBytes + (3 * LengthBytes) + issuer.Length + value.Length + reason.Length + MacBytes];
        bytes[0] = Version1;
        bytes[1] = (byte)record.Kind;
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(2), record.Expires);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(6), record.IssuedBefore);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(10), record.RevokedAt);
        var at = HeadBytes;
        foreach (var part in (byte[][])[issuer, value, reason])
        {
            BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(at), (ushort)part.Length);
            part.CopyTo(bytes, at + LengthBytes);
            at += LengthBytes + part.Length;
        }

        return TryParse(bytes, out _) ? bytes : throw new ArgumentException("The parts of the record do not go together.", nameof(record));
    }

    public RevocationRecord ToRecord() => new()
    {
        Kind = Kind,
        Issuer = Encoding.UTF8.GetString(Issuer),
        Value = Encoding.UTF8.GetString(Value),
        IssuedBefore = IssuedBefore,
        Expires = Expires,
        RevokedAt = RevokedAt,
        Reason = Encoding.UTF8.GetString(Reason),
    };

    private static bool TryTake(scoped ref ReadOnlySpan<byte> rest, int most, out ReadOnlySpan<byte> part)
    {
        part = default;
        if (rest.Length < LengthBytes) return false;
        var length = BinaryPrimitives.ReadUInt16BigEndian(rest);
        if (length > most || length > rest.Length - LengthBytes) return false;
        part = rest.Slice(LengthBytes, length);
        rest = rest[(LengthBytes + length)..];
        return Utf8.IsValid(part);
    }
}
