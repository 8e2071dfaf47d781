using System.Diagnostics;
using System.Globalization;
using System.Text;
using Sallyport.Gateway.Audit;

namespace Sallyport.Gateway.Keys;

/// <summary>The ring in a directory, for the processes of one machine. Only its owner may look into it.</summary>
/// <remarks>
/// <code>
///   ring   epoch.document, replaced as a whole: a file beside it, written through to the disk, takes its name
///   lease  fence.owner.end
///   lock   empty; whoever has it open alone may write the others, for an instant
/// </code>
/// The directory is made if its parent is there. Its clock is the machine's.
/// </remarks>
internal sealed class FileKeyStore(string directory, TimeProvider clock) : IKeyStore
{
    private const UnixFileMode OwnersAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Others = (UnixFileMode)0b111_111;

    // Files, not the lease: nobody holds the lock for longer than it takes to write one.
    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongestLease = TimeSpan.FromMinutes(10);

    private readonly string _ring = Path.Combine(directory, "ring");
    private readonly string _lease = Path.Combine(directory, "lease");
    private readonly string _lock = Path.Combine(directory, "lock");
    private volatile bool _areLocksTried;

    public string Place => $"the directory {directory}";

    private DateTimeOffset Now => DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds());

    public Task<StoredRing> ReadAsync(CancellationToken cancellation) => Guarded(() =>
    {
        CheckDirectory();
        return Task.FromResult(ReadRing());
    });

    public Task<KeyLease?> TakeLeaseAsync(TimeSpan duration, CancellationToken cancellation) => LockedAsync<KeyLease?>(
        () =>
        {
            var now = Now;
            var lease = ReadLease();
            if (lease.IsHeld(now.ToUnixTimeMilliseconds(), LongestLease)) return null;
            var taken = new KeyLease(Guid.NewGuid().ToString("N"), lease.Fence + 1);
            WriteLease(new LeaseText(taken.Fence, taken.Owner, (now + duration).ToUnixTimeMilliseconds()));
            return taken;
        },
        cancellation);

    public Task<bool> WriteAsync(KeyLease lease, long expectedEpoch, long newEpoch, ReadOnlyMemory<byte> document, CancellationToken cancellation) => LockedAsync(
        () =>
        {
            if (!IsOurs(ReadLease(), lease) || newEpoch <= expectedEpoch || ReadRing().Epoch != expectedEpoch) return false;
            Replace(_ring, StoredText.Of(newEpoch, document.Span));
            return true;
        },
        cancellation);

    public Task ReleaseAsync(KeyLease lease, CancellationToken cancellation) => LockedAsync(
        () =>
        {
            if (IsOurs(ReadLease(), lease)) WriteLease(new LeaseText(lease.Fence, "", 0));
            return true;
        },
        cancellation);

    public void Listen(Action onHint)
    {
        // Whoever shares the directory looks every so often; a watcher of files tells no more, and less on some file systems.
    }

    private bool IsOurs(LeaseText found, KeyLease lease) =>
        found.Owner == lease.Owner && found.Fence == lease.Fence && found.IsHeld(Now.ToUnixTimeMilliseconds(), LongestLease);

    private StoredRing ReadRing() => StoredText.Read(ReadFile(_ring, StoredText.MaxBytes), Now);

    private LeaseText ReadLease() => LeaseText.Read(Encoding.UTF8.GetString(ReadFile(_lease, 128)));

    private void WriteLease(LeaseText lease) => Replace(_lease, Encoding.ASCII.GetBytes(lease.ToString()));

    private async Task<T> LockedAsync<T>(Func<T> action, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        return await Guarded(async () =>
        {
            CheckDirectory();
            while (true)
            {
                if (TryLock() is { } held)
                {
                    using (held)
                    {
                        CheckFile(_lock);
                        TryLocks();
                        return action();
                    }
                }

                if (Stopwatch.GetElapsedTime(started) > LockTimeout) throw new KeyStoreAwayException("another process does not let go of its lock");
                await Task.Delay(LockPause, cancellation);
            }
        });
    }

    private FileStream? TryLock()
    {
        try
        {
            return new FileStream(_lock, Options(FileMode.OpenOrCreate));
        }
        catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException))
        {
            return null;
        }
    }

    // Where locks do nothing, as on some network file systems, two processes would write at once.
    private void TryLocks()
    {
        if (_areLocksTried) return;
        using var second = TryLock();
        if (second is not null) throw new KeyStoreAwayException("its file system does not lock files, so processes cannot share it") { IsPermanent = true };
        _areLocksTried = true;
    }

    private void CheckDirectory()
    {
        if (!Directory.Exists(directory))
        {
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(directory);
            else if (Directory.Exists(Path.GetDirectoryName(directory))) Directory.CreateDirectory(directory, OwnersAlone | UnixFileMode.UserExecute);
            else throw new KeyStoreAwayException("neither it nor its parent is there; make it, for this process's user alone") { IsPermanent = true };
        }

        CheckMode(directory, directory);
    }

    private static void CheckFile(string path)
    {
        if (new FileInfo(path).LinkTarget is not null) throw new KeyStoreAwayException($"{Path.GetFileName(path)} is a link; put the file itself there") { IsPermanent = true };
        CheckMode(path, path);
    }

    private static void CheckMode(string path, string name)
    {
        if (OperatingSystem.IsWindows()) return;
        var mode = File.GetUnixFileMode(path);
        if ((mode & Others) == UnixFileMode.None) return;
        var octal = Convert.ToString((int)mode, 8).PadLeft(4, '0');
        throw new KeyStoreAwayException($"{name} is open to others than its owner (mode {octal}); run: chmod go= {name}") { IsPermanent = true };
    }

    private static byte[] ReadFile(string path, int most)
    {
        if (!File.Exists(path) && new FileInfo(path).LinkTarget is null) return [];
        CheckFile(path);
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (stream.Length > most) return "!"u8.ToArray();
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private void Replace(string path, byte[] bytes)
    {
        var beside = path + ".new";
        File.Delete(beside);
        using (var stream = new FileStream(beside, Options(FileMode.CreateNew)))
        {
            stream.Write(bytes);
            stream.Flush(flushToDisk: true);
        }

        File.Move(beside, path, overwrite: true);
        DirectorySync.Flush(directory);
    }

    private static FileStreamOptions Options(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnersAlone;
        return options;
    }

    private static async Task<T> Guarded<T>(Func<Task<T>> action)
    {
        try
        {
            return await action();
        }
        catch (UnauthorizedAccessException e)
        {
            throw new KeyStoreAwayException(string.Create(CultureInfo.InvariantCulture, $"this process may not use it: {e.Message}"), e) { IsPermanent = true };
        }
        catch (IOException e)
        {
            throw new KeyStoreAwayException(e.Message, e);
        }
    }
}
