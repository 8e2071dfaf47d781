namespace Sallyport.Gateway.Audit;

/// <summary>Whole lines of a file, read in one piece.</summary>
/// <param name="Lines">Without line ends.</param>
/// <param name="End">Where in the file the last of them ends.</param>
/// <param name="Torn">What stands after that to the end of the file, if the end was read.</param>
/// <param name="IsWhole">Whether the first of them is the first of the file.</param>
/// <param name="IsLast">Whether the end of the file was read.</param>
internal sealed record TrailChunk(IReadOnlyList<byte[]> Lines, long End, byte[] Torn, bool IsWhole, bool IsLast)
{
    /// <summary>The last lines.</summary>
    public static TrailChunk Tail(string path, int most)
    {
        using var file = OwnFile.Read(path);
        return Read(file, path, Math.Max(0, file.Length - most), isInside: file.Length > most, most);
    }

    /// <summary>The lines from a place on where one begins.</summary>
    /// <exception cref="AuditUnavailableException">The file ends before.</exception>
    public static TrailChunk From(string path, long position, int most)
    {
        using var file = OwnFile.Read(path);
        if (file.Length < position) throw new AuditUnavailableException($"{path} is {file.Length} bytes long, and was {position}: records were taken away");
        return Read(file, path, position, isInside: false, most);
    }

    private static TrailChunk Read(FileStream file, string path, long from, bool isInside, int most)
    {
        var length = file.Length;
        var bytes = new byte[Math.Min(length - from, most)];
        file.Position = from;
        file.ReadExactly(bytes);
        var isLast = from + bytes.Length == length;
        var start = 0;
        // In the middle of a line: from the next one on.
        if (isInside) start = bytes.AsSpan().IndexOf((byte)'\n') + 1;
        if (isInside && start == 0) throw new AuditUnavailableException($"{path} has no line end in its last {most} bytes, and so is no trail");
        var lines = new List<byte[]>();
        while (bytes.AsSpan(start).IndexOf((byte)'\n') is >= 0 and var count)
        {
            lines.Add(bytes[start..(start + count)]);
            start += count + 1;
        }

        if (!isLast && lines.Count == 0) throw new AuditUnavailableException($"{path} has a line of more than {most} bytes, and so is no trail");
        return new TrailChunk(lines, from + start, isLast ? bytes[start..] : [], !isInside, isLast);
    }
}
