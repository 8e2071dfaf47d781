using System.Security.Cryptography;
using System.Text;

namespace Sallyport.Gateway.Redis;

/// <summary>The keys that authenticate what lies in Redis: HMAC-SHA256 (RFC 2104), 32 bytes. Redis never sees them.</summary>
/// <remarks>The first signs and all verify, so that a key is replaced by listing its successor beside it for a while.</remarks>
internal sealed class MacKeys
{
    /// <summary>The least length of a key, in bytes.</summary>
    public const int LeastBytes = 32;

    /// <summary>The length of a MAC, in bytes.</summary>
    public const int MacBytes = HMACSHA256.HashSizeInBytes;

    private readonly byte[][] _keys;

    /// <param name="keys">At least one.</param>
    public MacKeys(IEnumerable<byte[]> keys)
    {
        _keys = [.. keys];
        ArgumentOutOfRangeException.ThrowIfZero(_keys.Length, nameof(keys));
    }

    /// <summary>The same keys bound to one purpose: a MAC made for one proves nothing for another.</summary>
    public MacKeys For(string purpose) => new(_keys.Select(key => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes("sallyport " + purpose))));

    /// <summary>The MAC of <paramref name="data"/> by the first key.</summary>
    /// <param name="mac"><see cref="MacBytes"/> long.</param>
    public void Sign(ReadOnlySpan<byte> data, Span<byte> mac) => HMACSHA256.HashData(_keys[0], data, mac);

    /// <summary>Whether any of the keys made the MAC, or its first 16 bytes or more (RFC 2104 section 5).</summary>
    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> mac)
    {
        if (mac.Length is < MacBytes / 2 or > MacBytes) return false;
        Span<byte> expected = stackalloc byte[MacBytes];
        foreach (var key in _keys)
        {
            HMACSHA256.HashData(key, data, expected);
            if (CryptographicOperations.FixedTimeEquals(expected[..mac.Length], mac)) return true;
        }

        return false;
    }

    /// <summary>Says nothing of the keys.</summary>
    public override string ToString() => $"{_keys.Length} MAC keys";
}
