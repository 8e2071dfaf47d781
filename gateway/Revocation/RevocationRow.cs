using System.Runtime.InteropServices;

namespace Sallyport.Gateway.Revocation;

/// <summary>A revocation in memory, 24 bytes.</summary>
/// <param name="Key">What it is looked up by.</param>
/// <param name="IssuedBefore">The cutoff of <see cref="RevocationRecord.IssuedBefore"/>.</param>
/// <param name="Expires">Whole seconds since 1970: it counts until then.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct RevocationRow(RevocationKey Key, uint IssuedBefore, uint Expires) : IComparable<RevocationRow>
{
    public static RevocationRow Of(RevocationRecord record) =>
        new(RevocationKey.Of(record.Kind, record.Issuer, record.Value), record.IssuedBefore, record.Expires);

    /// <summary>Whether it refuses a token of its key.</summary>
    /// <param name="issuedAt">The <c>iat</c>; a token without one counts as issued before, because absent is never after.</param>
    /// <param name="now">Whole seconds since 1970.</param>
    public bool Concerns(long? issuedAt, long now) =>
        now < Expires && (IssuedBefore == RevocationRecord.AnyIssuedAt || issuedAt is not { } at || at < IssuedBefore);

    /// <summary>Whether it says all that the other one of the same key says.</summary>
    public bool Covers(in RevocationRow other) => IssuedBefore >= other.IssuedBefore && Expires >= other.Expires;

    /// <summary>By key; of one key, the latest cutoff first, so that a row is never covered by one behind it.</summary>
    public int CompareTo(RevocationRow other)
    {
        var byKey = Key.CompareTo(other.Key);
        if (byKey != 0) return byKey;
        return IssuedBefore != other.IssuedBefore ? other.IssuedBefore.CompareTo(IssuedBefore) : other.Expires.CompareTo(Expires);
    }
}
