using System.Buffers.Text;
using System.Runtime.InteropServices;

namespace Sallyport.Gateway.Proof;

/// <summary>The hashes of the lines that were read last: a checkpoint is signed while others go on writing, and stands some lines after what it covers.</summary>
internal sealed class RecentLines
{
    // A million lines, 40 MB: far more than anybody writes while a key signs.
    private const int Most = 1 << 20;
    private const int HashBytes = 32;

    private readonly List<byte> _hashes = [];
    private readonly List<long> _times = [];

    private long _first = 1;

    public void Add(long sequence, string hash, DateTimeOffset time)
    {
        if (sequence != _first + _times.Count)
        {
            // Something is missing before it.
            _hashes.Clear();
            _times.Clear();
            _first = sequence;
        }

        if (_times.Count == Most)
        {
            _hashes.RemoveRange(0, Most / 2 * HashBytes);
            _times.RemoveRange(0, Most / 2);
            _first += Most / 2;
        }

        Span<byte> bytes = stackalloc byte[HashBytes];
        Base64Url.DecodeFromChars(hash, bytes);
        CollectionsMarshal.SetCount(_hashes, _hashes.Count + HashBytes);
        bytes.CopyTo(CollectionsMarshal.AsSpan(_hashes)[^HashBytes..]);
        _times.Add(time.UtcTicks);
    }

    /// <returns>Null for a line that is not known, or not any more.</returns>
    public (string Hash, DateTimeOffset Time)? Find(long sequence)
    {
        var at = sequence - _first;
        if (at < 0 || at >= _times.Count) return null;
        return (Base64Url.EncodeToString(CollectionsMarshal.AsSpan(_hashes).Slice((int)at * HashBytes, HashBytes)), new DateTimeOffset(_times[(int)at], TimeSpan.Zero));
    }
}
