namespace Sallyport.Gateway.Revocation;

/// <summary>All revocations at one moment; immutable.</summary>
/// <remarks>
/// Sorted rows, the most first, each at least twice as many as the next: adding makes a few rows and merges those
/// of its size, so that one revocation beside a million costs no copy of the million, and a look-up asks some ten
/// of them, twenty at the most.
/// </remarks>
internal sealed class RevocationSet
{
    private readonly SortedRows[] _levels;

    private RevocationSet(SortedRows[] levels, long version)
    {
        _levels = levels;
        Version = version;
        foreach (var level in levels) Count += level.Count;
    }

    public static RevocationSet Empty { get; } = new([], 0);

    /// <summary>Another number for every other content. Who was cleared by this version need not ask again.</summary>
    public long Version { get; }

    /// <summary>How many rows it holds; those that expired a moment ago may be among them.</summary>
    public int Count { get; }

    /// <summary>Whether a token with this key is refused.</summary>
    public bool Revokes(in RevocationKey key, long? issuedAt, long now)
    {
        foreach (var level in _levels)
            foreach (ref readonly var row in level.Of(key))
                if (row.Concerns(issuedAt, now))
                    return true;
        return false;
    }

    /// <summary>Whether a row is here already that says all that this one says.</summary>
    public bool Covers(in RevocationRow row)
    {
        foreach (var level in _levels)
            foreach (ref readonly var known in level.Of(row.Key))
                if (known.Covers(row))
                    return true;
        return false;
    }

    /// <param name="added">Sorted in place.</param>
    public RevocationSet With(RevocationRow[] added, long now)
    {
        var level = SortedRows.Of(added, now);
        if (level.Count == 0) return this;
        var kept = _levels.Length;
        while (kept > 0 && _levels[kept - 1].Count < 2 * level.Count) level = SortedRows.Merge(_levels[--kept], level, now);
        return new RevocationSet([.. _levels.AsSpan(0, kept), level], Version + 1);
    }

    /// <summary>Without what has expired, where that is a good part of an array.</summary>
    public RevocationSet Swept(long now)
    {
        var levels = _levels.Select(level => level.Expired(now) * 4L >= level.Count ? SortedRows.Merge(level, SortedRows.Empty, now) : level).ToArray();
        if (levels.AsSpan().SequenceEqual(_levels)) return this;
        return new RevocationSet([.. levels.Where(level => level.Count > 0)], Version + 1);
    }
}
