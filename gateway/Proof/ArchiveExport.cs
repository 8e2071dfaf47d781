using System.Text;
using Sallyport.Gateway.Audit;

namespace Sallyport.Gateway.Proof;

/// <summary>Writes a whole archive elsewhere, in the form that <c>audit verify</c> reads: the trail from wherever it is, and what lies in the directory beside it.</summary>
/// <remarks>What lies there is copied as it is, damage and all. Somebody may write meanwhile: the trail is read, then the checkpoints, then what has come to the trail since, with the checkpoints in that.</remarks>
internal static class ArchiveExport
{
    /// <param name="source">The trail, of which nothing was read yet.</param>
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
        var checkpoints = new List<string>();
        long records;
        await using (var days = new DayWriter(folder))
        {
            await foreach (var piece in source.TailAsync(int.MaxValue, cancellation)) await days.WriteAsync(piece.Bytes, cancellation);
            await foreach (var piece in source.CheckpointsAsync(cancellation)) if (piece.IsEnded) checkpoints.Add(Encoding.Latin1.GetString(piece.Bytes.Span));
            await foreach (var piece in source.TailAsync(int.MaxValue, cancellation))
            {
                if (TrailLine.Read(piece.Bytes.Span)?.Record.Checkpoint is { } since && !checkpoints.Contains(since)) checkpoints.Add(since);
                await days.WriteAsync(piece.Bytes, cancellation);
            }

            records = days.Records;
        }

        if (checkpoints.Count > 0)
        {
            await using var file = OwnFile.Open(Path.Combine(folder, "checkpoints.jws"), FileMode.CreateNew);
            foreach (var checkpoint in checkpoints) await file.WriteAsync(Encoding.Latin1.GetBytes(checkpoint + "\n"), cancellation);
        }

        Copy(Path.Combine(from, "trail"), folder, "cut-*.bin");
        Copy(Path.Combine(from, "keys"), Path.Combine(to, "keys"), "*.json");
        if (Directory.Exists(Path.Combine(from, "endorsements")))
            foreach (var key in Directory.EnumerateDirectories(Path.Combine(from, "endorsements")))
                Copy(key, Path.Combine(to, "endorsements", Path.GetFileName(key)), "*.jws");
        return records;
    }

    private static void Copy(string from, string to, string pattern)
    {
        if (!Directory.Exists(from)) return;
        OwnFile.MakeDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from, pattern)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }
}
