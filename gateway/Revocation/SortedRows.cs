using System.Numerics;

namespace Sallyport.Gateway.Revocation;

/// <summary>Rows in the order of their keys, and a mark for each key: a look-up in vain, as nearly all are, reads one bit. Immutable.</summary>
internal sealed class SortedRows
{
    // Of a million evenly spread keys, the guess is seldom off by more than this.
    private const int FirstStride = 256;

    // At least so many for a row: at most every eighth key without a row has the mark of another.
    private const int MarksPerRow = 8;

    private const int BitsPerWord = 64;

    private readonly RevocationRow[] _rows;
    private readonly ulong[] _marks;

    private SortedRows(RevocationRow[] rows)
    {
        _rows = rows;
        _marks = new ulong[BitOperations.RoundUpToPowerOf2((uint)((rows.Length * (long)MarksPerRow / BitsPerWord) + 1))];
        foreach (ref readonly var row in rows.AsSpan()) _marks[Word(row.Key)] |= Bit(row.Key);
    }

    public static SortedRows Empty { get; } = new([]);

    public int Count => _rows.Length;

    /// <summary>How many of them no longer count.</summary>
    public int Expired(long now)
    {
        var expired = 0;
        foreach (ref readonly var row in _rows.AsSpan())
            if (row.Expires <= now)
                expired++;
        return expired;
    }

    /// <summary>The rows of a key, the latest cutoff first.</summary>
    public ReadOnlySpan<RevocationRow> Of(in RevocationKey key)
    {
        if ((_marks[Word(key)] & Bit(key)) == 0) return [];
        var from = Find(_rows, key);
        var to = from;
        while (to < _rows.Length && _rows[to].Key == key) to++;
        return _rows.AsSpan(from, to - from);
    }

    /// <summary>Sorts rows in place and leaves out what others cover, and what has expired.</summary>
    public static SortedRows Of(RevocationRow[] rows, long now)
    {
        Array.Sort(rows);
        return Merge(rows, [], now);
    }

    /// <summary>Both in one, without rows that others cover and without expired ones.</summary>
    public static SortedRows Merge(SortedRows one, SortedRows other, long now) => Merge(one._rows, other._rows, now);

    private static SortedRows Merge(RevocationRow[] one, RevocationRow[] other, long now)
    {
        var merged = new RevocationRow[one.Length + other.Length];
        var (count, i, j) = (0, 0, 0);
        while (i < one.Length || j < other.Length)
        {
            var isOne = j == other.Length || (i < one.Length && one[i].CompareTo(other[j]) <= 0);
            var row = isOne ? one[i++] : other[j++];
            if (row.Expires <= now) continue;
            // Of one key the cutoffs fall: a row is new only if it is kept longer than the one before it.
            if (count > 0 && merged[count - 1].Key == row.Key && merged[count - 1].Expires >= row.Expires) continue;
            merged[count++] = row;
        }

        if (count < merged.Length) Array.Resize(ref merged, count);
        return count == 0 ? Empty : new SortedRows(merged);
    }

    // The order goes by A.
    private int Word(in RevocationKey key) => (int)(key.B / BitsPerWord & (ulong)(_marks.Length - 1));

    private static ulong Bit(in RevocationKey key) => 1UL << (int)(key.B % BitsPerWord);

    /// <summary>The index of the first row whose key is not below <paramref name="key"/>.</summary>
    /// <remarks>Keys are digests, so evenly spread: their value tells about where they are.</remarks>
    private static int Find(ReadOnlySpan<RevocationRow> rows, in RevocationKey key)
    {
        // All rows before low are below the key, none from high on is.
        var (low, high) = (0, rows.Length);
        var guess = (int)Math.BigMul(key.A, (ulong)rows.Length, out _);
        for (var stride = FirstStride; low < high; stride *= 2)
        {
            if (guess >= high) guess = high - 1;
            if (guess < low) guess = low;
            if (rows[guess].Key.CompareTo(key) < 0)
            {
                low = guess + 1;
                if (low >= high || high - low <= stride) break;
                var probe = low + stride;
                if (rows[probe].Key.CompareTo(key) >= 0)
                {
                    high = probe;
                    break;
                }

                guess = probe;
            }
            else
            {
                high = guess;
                if (low >= high || high - low <= stride) break;
                var probe = high - stride;
                if (rows[probe].Key.CompareTo(key) < 0)
                {
                    low = probe + 1;
                    break;
                }

                guess = probe;
            }
        }

        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (rows[middle].Key.CompareTo(key) < 0) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}
