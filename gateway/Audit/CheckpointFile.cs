using System.Text;

namespace Sallyport.Gateway.Audit;

/// <summary>The checkpoints of a trail beside it: one compact JWS a line. The trail has them too, so that what a crash leaves out is put in again.</summary>
internal sealed class CheckpointFile(string path)
{
    // With a chain of certificates in its header, and to spare.
    private const int MostBytes = 2 * TrailLine.MaxBytes;

    /// <summary>Appends one; on the disk when this returns.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Append(string checkpoint)
    {
        var isNew = !File.Exists(path);
        using (var file = OwnFile.Open(path, FileMode.OpenOrCreate))
        {
            RandomAccess.Write(file.SafeFileHandle, Encoding.ASCII.GetBytes(checkpoint + "\n"), file.Length);
            RandomAccess.FlushToDisk(file.SafeFileHandle);
        }

        if (isNew) DirectorySync.Flush(Path.GetDirectoryName(path)!);
    }

    /// <summary>Cuts off what a crash left of a line, and appends the trail's last checkpoint if it is missing.</summary>
    /// <param name="last">The trail's last one; null where none was seen.</param>
    /// <param name="head">The end of the trail.</param>
    /// <exception cref="AuditUnavailableException">It tells of more records than there are, or is no such file.</exception>
    public void Mend(string? last, TrailHead head)
    {
        var chunk = File.Exists(path) ? TrailChunk.Tail(path, MostBytes) : null;
        if (chunk is { Torn.Length: > 0 })
        {
            using var file = OwnFile.Open(path, FileMode.Open);
            RandomAccess.SetLength(file.SafeFileHandle, chunk.End);
            RandomAccess.FlushToDisk(file.SafeFileHandle);
        }

        var there = chunk is { Lines.Count: > 0 } ? Encoding.ASCII.GetString(chunk.Lines[^1]) : null;
        long covered = 0;
        if (there is not null) covered = CheckpointText.CountOf(there) ?? throw new AuditUnavailableException($"{path} ends with what is no checkpoint");
        if (covered > head.Count) throw new AuditUnavailableException($"{path} has a checkpoint of {covered} records, and the trail has {head.Count}: records were taken away");
        if (last is not null && last != there && CheckpointText.CountOf(last) > covered) Append(last);
    }
}
