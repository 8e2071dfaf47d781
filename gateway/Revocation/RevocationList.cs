namespace Sallyport.Gateway.Revocation;

/// <summary>The revocations in force in this process, and how sure it is that there are no others.</summary>
/// <remarks>It only grows, until what is in it expires: nothing that Redis says or loses takes a revocation back.</remarks>
/// <param name="options">When it is stale.</param>
/// <param name="clock">Of the process.</param>
/// <param name="isShared">False without Redis: the list is empty, and never stale.</param>
internal sealed class RevocationList(RevocationOptions options, TimeProvider clock, bool isShared)
{
    private readonly Lock _lock = new();
    private readonly long _created = clock.GetTimestamp();
    private volatile RevocationSet _current = RevocationSet.Empty;
    private long _confirmed = long.MinValue;

    public RevocationSet Current => _current;

    public bool IsShared => isShared;

    /// <summary>Whether it was ever read whole.</summary>
    public bool IsLoaded => Volatile.Read(ref _confirmed) != long.MinValue;

    /// <summary>Whether others may know of a revocation for longer than <see cref="RevocationOptions.MaxAge"/> that this process does not know.</summary>
    public bool IsStale => isShared && (Lag is not { } lag || lag > options.MaxAge);

    /// <summary>Whether the process is too young for a list that was never read to be anybody's fault.</summary>
    public bool IsAwaited => isShared && !IsLoaded && clock.GetElapsedTime(_created) < options.MaxAge;

    /// <summary>Time since Redis last confirmed the list; null before the first time, and without Redis.</summary>
    public TimeSpan? Lag => Volatile.Read(ref _confirmed) is var at && at != long.MinValue ? clock.GetElapsedTime(at) : null;

    /// <summary>The <see cref="Redis.RedisConnection.Epoch"/> whose interruption it has caught up with.</summary>
    public int Epoch { get; private set; }

    public long Now => clock.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>Adds rows that are not there yet.</summary>
    public void Add(RevocationRow[] rows)
    {
        if (rows.Length == 0) return;
        lock (_lock) _current = _current.With(rows, Now);
    }

    /// <summary>Lets go of what has expired.</summary>
    public void Sweep()
    {
        lock (_lock) _current = _current.Swept(Now);
    }

    /// <summary>Everything that Redis held at <paramref name="at"/> is in it.</summary>
    /// <param name="at">A timestamp of the clock from before Redis was asked.</param>
    /// <param name="epoch">The connection's at that time.</param>
    public void Confirm(long at, int epoch)
    {
        Epoch = epoch;
        Volatile.Write(ref _confirmed, at);
    }
}
