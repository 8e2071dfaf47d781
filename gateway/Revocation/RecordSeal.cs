using Sallyport.Gateway.Redis;

namespace Sallyport.Gateway.Revocation;

/// <summary>Makes records that the other replicas believe, and believes theirs.</summary>
/// <remarks>The prefix is part of the key: a record of one fleet proves nothing in another that shares its Redis, or its MAC key.</remarks>
internal sealed class RecordSeal(MacKeys keys, string prefix)
{
    private readonly MacKeys _keys = keys.For("revocation " + prefix);

    /// <exception cref="ArgumentException">The record cannot be written.</exception>
    public byte[] Seal(RevocationRecord record)
    {
        var bytes = SealedRecord.Write(record);
        Span<byte> mac = stackalloc byte[MacKeys.MacBytes];
        _keys.Sign(bytes.AsSpan(0, bytes.Length - SealedRecord.MacBytes), mac);
        mac[..SealedRecord.MacBytes].CopyTo(bytes.AsSpan(bytes.Length - SealedRecord.MacBytes));
        return bytes;
    }

    /// <returns>False for what is malformed, and for what nobody with the MAC key made.</returns>
    public bool TryOpen(ReadOnlySpan<byte> bytes, out SealedRecord record) =>
        SealedRecord.TryParse(bytes, out record) && _keys.Verify(record.Covered, record.Mac);
}
