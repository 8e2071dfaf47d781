namespace Sallyport.Gateway.Audit;

/// <summary>The end of a trail: all that the next line must know.</summary>
/// <param name="Count">How many lines there are: the number of the last one.</param>
/// <param name="Hash">That of the last line; <see cref="TrailLine.Origin"/> before the first.</param>
/// <param name="Trail">The trail's name; empty before the first line.</param>
/// <param name="Covered">How many lines the last checkpoint covers.</param>
/// <param name="EndsWithCheckpoint">Whether the last line is a checkpoint.</param>
internal sealed record TrailHead(long Count, string Hash, string Trail, long Covered, bool EndsWithCheckpoint)
{
    public static readonly TrailHead Empty = new(0, TrailLine.Origin, "", 0, EndsWithCheckpoint: false);

    /// <summary>Whether there is nothing that a checkpoint should cover: a checkpoint is no reason for another.</summary>
    public bool IsSettled => Count == Covered || (Count == Covered + 1 && EndsWithCheckpoint);

    /// <summary>The head with one more line.</summary>
    /// <param name="bytes">Without its line end.</param>
    /// <returns>Null for what is no line, or does not follow.</returns>
    public TrailHead? Next(ReadOnlySpan<byte> bytes) =>
        TrailLine.Read(bytes) is { } line && line.Sequence == Count + 1 && string.Equals(line.PreviousHash, Hash, StringComparison.Ordinal) ? After(line, bytes) : null;

    /// <summary>The head after a line that is known to follow.</summary>
    public TrailHead After(TrailLine line, ReadOnlySpan<byte> bytes)
    {
        var checkpoint = line.Record.Event == AuditEvent.Checkpoint ? line.Record.Checkpoint : null;
        return new TrailHead(
            line.Sequence,
            TrailLine.HashOf(bytes),
            line.Sequence == 1 ? line.Record.Trail ?? "" : Trail,
            Math.Max(Covered, checkpoint is null ? 0 : CheckpointText.CountOf(checkpoint) ?? 0),
            checkpoint is not null);
    }
}
