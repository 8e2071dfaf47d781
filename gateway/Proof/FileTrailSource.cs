using System.Globalization;
using Sallyport.Gateway.Audit;

namespace Sallyport.Gateway.Proof;

/// <summary>The trail of an archive: its day files in order, and the checkpoints beside them.</summary>
/// <param name="directory">The archive.</param>
internal sealed class FileTrailSource(string directory) : ITrailSource
{
    /// <summary>The longest checkpoint: as long as a line of the trail, which holds it too.</summary>
    public const int MaxCheckpointBytes = TrailLine.MaxBytes;

    private const int TailBytes = 4 * 1024 * 1024;

    private readonly string _folder = Path.Combine(directory, "trail");
    private string _day = "";
    private long _position;
    private bool _isTailed;

    public string Place => _folder;

    public async IAsyncEnumerable<TrailPiece> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        var days = Days();
        for (var i = 0; i < days.Count; i++)
            foreach (var piece in Lines(DayFiles.PathOf(_folder, days[i]), 0, i == days.Count - 1, _ => { }))
            {
                cancellation.ThrowIfCancellationRequested();
                yield return piece;
            }
    }

    public async IAsyncEnumerable<TrailPiece> TailAsync(int most, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        var days = Days();
        if (!_isTailed) Seek(days, most);
        _isTailed = true;
        foreach (var day in days.Where(day => string.CompareOrdinal(day, _day) >= 0))
        {
            cancellation.ThrowIfCancellationRequested();
            var from = day == _day ? _position : 0;
            foreach (var piece in Lines(DayFiles.PathOf(_folder, day), from, day == days[^1], end => (_day, _position) = (day, end)))
                if (piece.IsEnded) yield return piece;
        }
    }

    public async IAsyncEnumerable<TrailPiece> CheckpointsAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        var path = Path.Combine(_folder, "checkpoints.jws");
        if (!Path.Exists(path)) yield break;
        foreach (var piece in Lines(path, 0, isLast: true, _ => { }, MaxCheckpointBytes))
        {
            cancellation.ThrowIfCancellationRequested();
            yield return piece;
        }
    }

    private List<string> Days()
    {
        try
        {
            if (!Directory.Exists(_folder)) throw new ArchiveFaultException($"{_folder} is not there, or is no directory: there is no trail.");
            return DayFiles.In(_folder);
        }
        catch (Exception e) when (ArchiveFile.IsOfFiles(e))
        {
            throw new ArchiveFaultException($"{_folder} cannot be read: {e.Message}", e);
        }
    }

    // To where the last lines begin: looked for from the end, so that a trail of years is as fast as one of today.
    private void Seek(List<string> days, int most)
    {
        if (most == int.MaxValue) return;
        for (var i = days.Count - 1; i >= 0 && most > 0; i--)
        {
            (_day, _position) = (days[i], 0);
            using var file = ArchiveFile.Open(DayFiles.PathOf(_folder, days[i]));
            var bytes = new byte[Math.Min(file.Length, TailBytes)];
            file.Position = file.Length - bytes.Length;
            var read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            for (var at = bytes.AsSpan(0, read).LastIndexOf((byte)'\n'); at >= 0; most--)
            {
                at = bytes.AsSpan(0, at).LastIndexOf((byte)'\n');
                if (most == 1 && at >= 0)
                {
                    _position = file.Length - bytes.Length + at + 1;
                    return;
                }
            }

            if (file.Length > bytes.Length)
            {
                // More lines than fit: from the first whole one on.
                _position = file.Length - bytes.Length + bytes.AsSpan().IndexOf((byte)'\n') + 1;
                return;
            }
        }

        if (days.Count > 0 && _day.Length == 0) (_day, _position) = (days[^1], new FileInfo(DayFiles.PathOf(_folder, days[^1])).Length);
    }

    private static IEnumerable<TrailPiece> Lines(string path, long from, bool isLast, Action<long> ended, int maxBytes = TrailLine.MaxBytes)
    {
        var stream = ArchiveFile.Open(path);
        using var reader = new LineReader(stream, maxBytes, Math.Max(0, Seeked(stream, path, from)));
        long number = 0;
        while (Next(reader, path) is var (line, isTooLong, isEnded))
        {
            number++;
            if (isEnded) ended(from + reader.Consumed);
            yield return new TrailPiece(line, from == 0 ? string.Create(CultureInfo.InvariantCulture, $"{path} line {number}") : path, isTooLong, isEnded, isLast);
        }
    }

    private static long Seeked(FileStream stream, string path, long from)
    {
        try
        {
            stream.Position = from;
            return stream.Length - from;
        }
        catch (IOException e)
        {
            throw new ArchiveFaultException($"{path} cannot be read: {e.Message}", e);
        }
    }

    private static (ReadOnlyMemory<byte> Line, bool IsTooLong, bool IsEnded)? Next(LineReader reader, string path)
    {
        try
        {
            return reader.TryRead(out var line, out var isTooLong, out var isEnded) ? (line, isTooLong, isEnded) : null;
        }
        catch (Exception e) when (ArchiveFile.IsOfFiles(e))
        {
            throw new ArchiveFaultException($"{path} cannot be read: {e.Message}", e);
        }
    }
}
