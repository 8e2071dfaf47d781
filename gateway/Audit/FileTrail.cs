using System.Diagnostics;
using System.Globalization;

namespace Sallyport.Gateway.Audit;

/// <summary>A trail in the files of one machine: gateways and verbs append to it in turn.</summary>
/// <remarks>
/// <code>
///   trail/2026-11-22.jsonl  records, one a line, by the UTC day they were written; never in an older file than the last record
///   trail/checkpoints.jws   checkpoints again, one a line
///   trail/cut-SEQ.bin       what a crash had left of a line, cut off before the record of that number
///   trail/lock              empty; whoever has it open alone may write
///
///   1 lock     2 read on to the end, what others wrote is checked     3 write once, at the end that was found
///   4 flush    5 the directory too, for a new file                    6 checkpoints again, 7 unlock
/// </code>
/// What failed is taken back, and the end is looked for anew. A line that is torn at the very end is what a crash leaves, and is cut off; anything else that
/// does not fit is damage, and stops whoever would append to it.
/// </remarks>
/// <param name="directory">The archive.</param>
/// <param name="issuer">For the first line.</param>
/// <param name="clock">Whose UTC day names a file.</param>
internal sealed class FileTrail(string directory, string? issuer, TimeProvider clock) : ITrailStore
{
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(4);

    // Somebody else has it: EWOULDBLOCK of Linux and of macOS, ERROR_SHARING_VIOLATION.
    private static readonly int[] Taken = [11, 35, unchecked((int)0x80070020)];

    private readonly string _folder = Path.Combine(directory, "trail");
    private readonly CheckpointFile _checkpoints = new(Path.Combine(directory, "trail", "checkpoints.jws"));
    private TrailEnd? _end;
    private TrailHead _least = TrailHead.Empty;
    private bool _isDoubted;
    private long _flushes;

    public string Place => _folder;

    public string? Durability => null;

    /// <summary>How often records were flushed to the disk.</summary>
    public long Flushes => Interlocked.Read(ref _flushes);

    public async Task<TrailHead> AppendAsync(Func<TrailHead, IReadOnlyList<AuditRecord>> compose, CancellationToken cancellation)
    {
        try
        {
            MakeDirectories();
            using var held = await LockAsync(cancellation);
            return Append(compose);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            (_end, _isDoubted) = (null, true);
            throw new AuditUnavailableException($"{_folder}: {e.Message}", e);
        }
        catch (AuditUnavailableException)
        {
            _end = null;
            throw;
        }
    }

    private TrailHead Append(Func<TrailHead, IReadOnlyList<AuditRecord>> compose)
    {
        if (_isDoubted) Probe();
        var days = DayFiles.In(_folder);
        var end = _end is null ? TrailEnd.Find(_folder, days) : _end.ReadOn(days);
        CheckKnown(end);
        // Also what another process left behind that ended between the two: this one may have the trail open for months.
        if (_end is null || end.LastCheckpoint != _end.LastCheckpoint) _checkpoints.Mend(end.LastCheckpoint, end.Head);
        var page = TrailPage.After(end.Head, issuer, clock.GetUtcNow());
        if (end.Cut(_folder, page.Head.Count + 1) is { } cut) page.Add(cut with { Time = clock.GetUtcNow() });
        foreach (var record in compose(page.Head)) page.Add(record);
        if (page.Lines.Count > 0) end = Write(page, end);
        (_end, _least, _isDoubted) = (end, end.Head, false);
        return end.Head;
    }

    private TrailEnd Write(TrailPage page, TrailEnd end)
    {
        var today = clock.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var day = string.CompareOrdinal(end.Day, today) >= 0 ? end.Day : today;
        var position = day == end.Day ? end.Position : 0;
        var path = DayFiles.PathOf(_folder, day);
        var isNew = !File.Exists(path);
        using (var file = OwnFile.Open(path, FileMode.OpenOrCreate))
        {
            if (file.Length != position) throw new AuditUnavailableException($"{path} is {file.Length} bytes long, and {position} were expected: somebody writes to it without the lock");
            try
            {
                RandomAccess.Write(file.SafeFileHandle, page.Bytes.Span, position);
                Interlocked.Increment(ref _flushes);
                RandomAccess.FlushToDisk(file.SafeFileHandle);
            }
            catch (IOException)
            {
                TakeBack(file, position);
                throw;
            }
        }

        if (isNew) DirectorySync.Flush(_folder);
        foreach (var checkpoint in page.Checkpoints) _checkpoints.Append(checkpoint);
        return end with { Day = day, Position = position + page.Bytes.Length, Head = page.Head, LastCheckpoint = page.Checkpoints is [.., var last] ? last : end.LastCheckpoint, CutBytes = null };
    }

    // The same lines may not be there twice, should those who asked try again. If even this fails, the next who opens it cuts off what is torn.
    private static void TakeBack(FileStream file, long position)
    {
        try
        {
            RandomAccess.SetLength(file.SafeFileHandle, position);
            RandomAccess.FlushToDisk(file.SafeFileHandle);
        }
        catch (IOException)
        {
            // The first failure is the one to tell.
        }
    }

    // What this process has seen on the disk does not become less.
    private void CheckKnown(TrailEnd end)
    {
        if (end.Head.Count < _least.Count || (end.Head.Count == _least.Count && end.Head.Hash != _least.Hash))
            throw new AuditUnavailableException($"{_folder} had {_least.Count} records and now ends with record {end.Head.Count}: records were taken away or changed");
    }

    // After a failure: whether anything can be written at all, before anybody is told so.
    private void Probe()
    {
        var path = Path.Combine(_folder, ".probe");
        try
        {
            using var file = OwnFile.Open(path, FileMode.Create);
            file.Write(new byte[4096]);
            file.Flush(flushToDisk: true);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private void MakeDirectories()
    {
        if (Directory.Exists(_folder)) return;
        if (_least.Count > 0) throw new AuditUnavailableException($"{_folder} is gone, with {_least.Count} records");
        OwnFile.MakeDirectory(directory);
        OwnFile.MakeDirectory(_folder);
        DirectorySync.Flush(directory);
        if (Path.GetDirectoryName(directory) is { } parent) DirectorySync.Flush(parent);
    }

    private async Task<FileStream> LockAsync(CancellationToken cancellation)
    {
        var path = Path.Combine(_folder, "lock");
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            if (TryLock(path) is { } held) return held;
            if (Stopwatch.GetElapsedTime(started) > LockTimeout) throw new AuditUnavailableException($"{_folder}: another process does not let go of its lock");
            await Task.Delay(LockPause, cancellation);
        }
    }

    private static FileStream? TryLock(string path)
    {
        try
        {
            return OwnFile.Open(path, FileMode.OpenOrCreate, FileShare.None);
        }
        catch (IOException e) when (Taken.Contains(e.HResult))
        {
            return null;
        }
    }
}
