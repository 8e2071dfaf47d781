using System.Globalization;
using Sallyport.Gateway.Audit;

namespace Sallyport.Gateway.Proof;

/// <summary>Writes a whole archive elsewhere, in the form that <c>audit verify</c> reads: the trail from wherever it is, and what lies in the directory beside it.</summary>
internal static class ArchiveExport
{
    private const int PieceBytes = 64 * 1024;

    /// <param name="source">The trail.</param>
    /// <param name="from">The directory with keys and endorsements.</param>
    /// <param name="to">A directory that is empty, or not there.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>How many records were written.</returns>
    /// <exception cref="ArchiveFaultException">It cannot be read.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static async Task<long> WriteAsync(ITrailSource source, string from, string to, CancellationToken cancellation)
    {
        var folder = Path.Combine(to, "trail");
        OwnFile.MakeDirectory(to);
        OwnFile.MakeDirectory(folder);
        // Checkpoints first: what is signed meanwhile then stands in the trail, and not the other way round.
        var checkpoints = new List<byte[]>();
        await foreach (var piece in source.CheckpointsAsync(cancellation)) if (piece.IsEnded) checkpoints.Add(piece.Bytes.ToArray());
        var records = await TrailAsync(source, folder, cancellation);
        if (checkpoints.Count > 0) await WriteLinesAsync(Path.Combine(folder, "checkpoints.jws"), checkpoints, cancellation);
        Copy(Path.Combine(from, "trail"), folder, "cut-*.bin");
        Copy(Path.Combine(from, "keys"), Path.Combine(to, "keys"), "*.json");
        if (Directory.Exists(Path.Combine(from, "endorsements")))
            foreach (var key in Directory.EnumerateDirectories(Path.Combine(from, "endorsements")))
                Copy(key, Path.Combine(to, "endorsements", Path.GetFileName(key)), "*.jws");
        return records;
    }

    private static async Task<long> TrailAsync(ITrailSource source, string folder, CancellationToken cancellation)
    {
        FileStream? file = null;
        using var written = new MemoryStream();
        try
        {
            var (day, records) = ("", 0L);
            await foreach (var piece in source.ReadAsync(cancellation))
            {
                if (!piece.IsEnded) continue;
                // By the day of the record, and never in an older file than the one before. What is no record stays where it stands.
                var own = TrailLine.Read(piece.Bytes.Span)?.Record.Time.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? day;
                if (file is null || string.CompareOrdinal(own, day) > 0)
                {
                    await FlushAsync();
                    if (file is not null) await file.DisposeAsync();
                    day = own.Length > 0 ? own : "1970-01-01";
                    file = OwnFile.Open(DayFiles.PathOf(folder, day), FileMode.CreateNew);
                }

                written.Write(piece.Bytes.Span);
                written.WriteByte((byte)'\n');
                records++;
                if (written.Length > PieceBytes) await FlushAsync();
            }

            await FlushAsync();
            return records;

            async Task FlushAsync()
            {
                if (file is not null) await file.WriteAsync(written.GetBuffer().AsMemory(0, (int)written.Length), cancellation);
                written.SetLength(0);
            }
        }
        finally
        {
            if (file is not null) await file.DisposeAsync();
        }
    }

    private static async Task WriteLinesAsync(string path, IEnumerable<byte[]> lines, CancellationToken cancellation)
    {
        await using var file = OwnFile.Open(path, FileMode.CreateNew);
        foreach (var line in lines)
        {
            await file.WriteAsync(line, cancellation);
            await file.WriteAsync("\n"u8.ToArray(), cancellation);
        }
    }

    private static void Copy(string from, string to, string pattern)
    {
        if (!Directory.Exists(from)) return;
        OwnFile.MakeDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from, pattern)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }
}
