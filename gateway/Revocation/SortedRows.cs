namespace Sallyport.Gateway.Revocation;

/// <summary>Sorted arrays of rows: made, merged and searched. None is changed once it is made.</summary>
internal static class SortedRows
{
    // Of a million evenly spread keys, the guess is seldom off by more than this.
    private const int FirstStride = 256;

    /// <summary>Sorts rows in place and leaves out what others cover, and what has expired.</summary>
    public static RevocationRow[] Of(RevocationRow[] rows, long now)
    {
        Array.Sort(rows);
        return Merge(rows, [], now);
    }

    /// <summary>Both arrays in one, without rows that others cover and without expired ones.</summary>
    public static RevocationRow[] Merge(RevocationRow[] one, RevocationRow[] other, long now)
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
        return merged;
    }

    /// <summary>The index of the first row whose key is not below <paramref name="key"/>.</summary>
    /// <remarks>Keys are digests, so evenly spread: their value tells about where they are.</remarks>
    public static int Find(RevocationRow[] rows, in RevocationKey key)
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
