namespace Sallyport.Gateway.Revocation;

/// <summary>How far one bucket was read.</summary>
internal sealed class BucketReading
{
    /// <summary>How many of its elements were read.</summary>
    public long Offset { get; private set; }

    /// <summary>The last of them: lists only grow at their end, so where it still stands, all before it still do.</summary>
    public byte[]? Last { get; private set; }

    /// <summary>What was read since Redis lost something of it; null while it has not.</summary>
    public RevocationSet? SinceLoss { get; private set; }

    public void Advance(int count, byte[] last) => (Offset, Last) = (Offset + count, last);

    public void Found(RevocationRow[] rows, long now) => SinceLoss = SinceLoss?.With(rows, now);

    /// <summary>Redis does not hold what was read: it is read from its beginning.</summary>
    public void Lose() => (Offset, Last, SinceLoss) = (0, null, RevocationSet.Empty);

    /// <summary>Redis holds again all that this process holds.</summary>
    public void Settle() => SinceLoss = null;
}
