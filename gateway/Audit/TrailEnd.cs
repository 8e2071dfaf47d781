using System.Globalization;

namespace Sallyport.Gateway.Audit;

/// <summary>The end of a trail in files, as it was found or left.</summary>
/// <param name="Folder">Where the files are.</param>
/// <param name="Day">The newest file; empty for none.</param>
/// <param name="Position">Where in it the next line goes.</param>
/// <param name="Head">What the next line must know.</param>
internal sealed record TrailEnd(string Folder, string Day, long Position, TrailHead Head)
{
    // Many more lines than there are between two checkpoints, as a rule.
    private const int TailBytes = 4 * 1024 * 1024;

    /// <summary>The last checkpoint among the lines that were looked at; null for none.</summary>
    public string? LastCheckpoint { get; init; }

    /// <summary>What stands after the last line end of the newest file: the beginning of a line that was never finished. Null for nothing.</summary>
    public byte[]? CutBytes { get; init; }

    /// <summary>Finds the end by the last lines alone: a trail of years opens as fast as one of today.</summary>
    /// <exception cref="AuditUnavailableException">It is damaged.</exception>
    public static TrailEnd Find(string folder, List<string> days)
    {
        if (days.Count == 0) return new TrailEnd(folder, "", 0, TrailHead.Empty);
        var end = new TrailEnd(folder, days[^1], 0, TrailHead.Empty);
        var isAtEnd = true;
        for (var i = days.Count - 1; i >= 0; i--)
        {
            var chunk = TrailChunk.Tail(DayFiles.PathOf(folder, days[i]), TailBytes);
            if (isAtEnd && chunk.Torn.Length > 0) end = end with { Day = days[i], Position = chunk.End, CutBytes = chunk.Torn };
            else if (chunk.Torn.Length > 0) throw Damaged(folder, days[i], "ends in the middle of a line, and is not the newest file");
            else if (i == days.Count - 1) end = end with { Position = chunk.End };
            if (chunk.End > 0 || chunk.Torn.Length > 0) isAtEnd = false;
            if (chunk.Lines.Count == 0) continue;

            var first = TrailLine.Read(chunk.Lines[0]) ?? throw Damaged(folder, days[i], "has a line that is none of ours");
            var before = chunk.IsWhole ? LastOf(folder, days, i - 1) : null;
            if (chunk.IsWhole && (before is null ? first.Sequence != 1 || first.PreviousHash != TrailLine.Origin : before.Value.Hash != first.PreviousHash || before.Value.Sequence != first.Sequence - 1))
                throw Damaged(folder, days[i], $"does not go on where the file before it ends, at record {first.Sequence}");
            var head = new TrailHead(first.Sequence - 1, first.PreviousHash, NameOf(folder, days), 0, EndsWithCheckpoint: false);
            return end.Read(head, chunk.Lines, days[i]);
        }

        return end;
    }

    /// <summary>The end now, with what others have appended.</summary>
    /// <exception cref="AuditUnavailableException">What they did does not fit, or something is missing.</exception>
    public TrailEnd ReadOn(List<string> days)
    {
        if (Day.Length > 0 && !days.Contains(Day, StringComparer.Ordinal)) throw new AuditUnavailableException($"{DayFiles.PathOf(Folder, Day)} is gone, with records in it");
        var end = this;
        foreach (var day in days.Where(day => string.CompareOrdinal(day, Day) >= 0))
        {
            if (end.CutBytes is not null) throw Damaged(Folder, end.Day, "ends in the middle of a line, and is not the newest file");
            var position = day == Day ? Position : 0;
            end = end with { Day = day, Position = position };
            while (true)
            {
                var chunk = TrailChunk.From(DayFiles.PathOf(Folder, day), end.Position, TailBytes);
                end = end.Read(end.Head, chunk.Lines, day) with { Position = chunk.End };
                if (chunk.IsLast)
                {
                    if (chunk.Torn.Length > 0) end = end with { CutBytes = chunk.Torn };
                    break;
                }
            }
        }

        return end;
    }

    /// <summary>Cuts off what is torn, once it lies beside it.</summary>
    /// <param name="folder">Where the files are.</param>
    /// <param name="sequence">The number of the record that tells of it.</param>
    /// <returns>The record that tells of it: of this time, or of one before that was not told; null for nothing.</returns>
    public AuditRecord? Cut(string folder, long sequence)
    {
        var kept = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"cut-{sequence}.bin"));
        // A crash between cutting and telling: the next line would have been the one that tells.
        var untold = File.Exists(kept) ? File.ReadAllBytes(kept) : [];
        if (CutBytes is null && untold.Length == 0) return null;
        var all = untold;
        if (CutBytes is { } torn && !untold.AsSpan().EndsWith(torn))
        {
            all = [.. untold, .. torn];
            var beside = kept + ".new";
            using (var file = OwnFile.Open(beside, FileMode.Create))
            {
                file.Write(all);
                file.Flush(flushToDisk: true);
            }

            File.Move(beside, kept, overwrite: true);
            DirectorySync.Flush(folder);
        }

        if (CutBytes is not null)
        {
            using var file = OwnFile.Open(DayFiles.PathOf(folder, Day), FileMode.Open);
            RandomAccess.SetLength(file.SafeFileHandle, Position);
            RandomAccess.FlushToDisk(file.SafeFileHandle);
        }

        return new AuditRecord
        {
            Event = AuditEvent.TrailCut,
            Time = default,
            Hash = TrailLine.HashOf(all),
            Detail = string.Create(CultureInfo.InvariantCulture, $"{all.Length} bytes of an unfinished line were cut off, and are in {Path.GetFileName(kept)}"),
        };
    }

    private TrailEnd Read(TrailHead head, IReadOnlyList<byte[]> lines, string day)
    {
        var checkpoint = LastCheckpoint;
        foreach (var line in lines)
        {
            head = head.Next(line) ?? throw Damaged(Folder, day, $"has something else than record {head.Count + 1} after record {head.Count}");
            if (head.EndsWithCheckpoint) checkpoint = TrailLine.Read(line)!.Record.Checkpoint;
        }

        return this with { Head = head, LastCheckpoint = checkpoint };
    }

    // Of the newest file before that has any.
    private static (long Sequence, string Hash)? LastOf(string folder, List<string> days, int from)
    {
        for (var i = from; i >= 0; i--)
        {
            var chunk = TrailChunk.Tail(DayFiles.PathOf(folder, days[i]), 2 * TrailLine.MaxBytes);
            if (chunk.Torn.Length > 0) throw Damaged(folder, days[i], "ends in the middle of a line, and is not the newest file");
            if (chunk.Lines.Count == 0) continue;
            var last = TrailLine.Read(chunk.Lines[^1]) ?? throw Damaged(folder, days[i], "has a line that is none of ours");
            return (last.Sequence, TrailLine.HashOf(chunk.Lines[^1]));
        }

        return null;
    }

    private static string NameOf(string folder, List<string> days)
    {
        foreach (var day in days)
        {
            var chunk = TrailChunk.From(DayFiles.PathOf(folder, day), 0, 2 * TrailLine.MaxBytes);
            if (chunk.Lines.Count == 0) continue;
            if (TrailLine.Read(chunk.Lines[0]) is { Sequence: 1, Record: { Event: AuditEvent.TrailStarted, Trail: { } name } }) return name;
            throw Damaged(folder, day, "is the oldest, and does not begin with the start of a trail: older files are missing");
        }

        throw Damaged(folder, days[0], "is empty");
    }

    private static AuditUnavailableException Damaged(string folder, string day, string what) =>
        new($"{DayFiles.PathOf(folder, day)} {what}. Nothing is appended to a damaged trail: keep the directory as it is, look into it with audit verify, and begin another one by naming another directory");
}
