using System.Numerics;

namespace NBomber.Engine;

/// <summary>
/// Counts values from 0 to 2^63 in buckets that grow with the value: each value up to 255 has its own, and from there each power of two has 128,
/// so that a value is known to half a bucket, 0.4 %. At most 7,296 buckets, and only as far as values came. Not thread-safe.
/// </summary>
internal sealed class Histogram
{
    private const int Exact = 256;
    private const int PerPower = Exact / 2;
    private const int Buckets = Exact + (63 - 8) * PerPower;

    private long[] _counts = [];
    private double _sum;
    private double _squares;

    public long Count { get; private set; }

    public long Min { get; private set; } = long.MaxValue;

    public long Max { get; private set; }

    /// <summary>Bytes of the buckets.</summary>
    public int Footprint => _counts.Length * sizeof(long);

    public double Sum => _sum;

    public double Mean => Count == 0 ? 0 : _sum / Count;

    public double StandardDeviation => Count == 0 ? 0 : Math.Sqrt(Math.Max(0, _squares / Count - Mean * Mean));

    /// <param name="value">Below 0 counts as 0.</param>
    public void Add(long value)
    {
        if (value < 0) value = 0;
        var bucket = BucketOf(value);
        Reserve(bucket + 1);
        _counts[bucket]++;
        Count++;
        _sum += value;
        _squares += (double)value * value;
        if (value < Min) Min = value;
        if (value > Max) Max = value;
    }

    public void Add(Histogram other)
    {
        if (other.Count == 0) return;
        Reserve(other._counts.Length);
        for (var i = 0; i < other._counts.Length; i++) _counts[i] += other._counts[i];
        Count += other.Count;
        _sum += other._sum;
        _squares += other._squares;
        Min = Math.Min(Min, other.Min);
        Max = Math.Max(Max, other.Max);
    }

    public void Clear()
    {
        Array.Clear(_counts);
        (Count, Min, Max, _sum, _squares) = (0, long.MaxValue, 0, 0, 0);
    }

    /// <summary>The least value that so great a part of all values does not exceed; 0 where there are none.</summary>
    /// <param name="quantile">0 to 1.</param>
    public long Quantile(double quantile)
    {
        if (Count == 0) return 0;
        var rank = Math.Clamp((long)Math.Ceiling(quantile * Count), 1, Count);
        if (rank == Count) return Max;
        for (int i = 0; i < _counts.Length; i++)
            if ((rank -= _counts[i]) <= 0)
                return Math.Clamp(Middle(i), Min, Max);
        return Max;
    }

    /// <summary>How many values lie in buckets up to the one of this value.</summary>
    public long UpTo(long value)
    {
        long sum = 0;
        for (int i = 0, last = Math.Min(BucketOf(value), _counts.Length - 1); i <= last; i++) sum += _counts[i];
        return sum;
    }

    private static int BucketOf(long value)
    {
        if (value < Exact) return (int)value;
        var shift = BitOperations.Log2((ulong)value) - 7;
        return PerPower * shift + (int)(value >> shift);
    }

    private static long Middle(int bucket)
    {
        if (bucket < Exact) return bucket;
        var shift = bucket / PerPower - 1;
        return ((long)(bucket - PerPower * shift) << shift) + (1L << (shift - 1));
    }

    private void Reserve(int length)
    {
        if (length > _counts.Length) Array.Resize(ref _counts, Math.Min(Buckets, (length + PerPower - 1) / PerPower * PerPower));
    }
}
