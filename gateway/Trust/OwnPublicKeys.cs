using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Trust;

/// <summary>Our own public keys, for the tokens that we signed ourselves. Composition, which sees the ring, connects them.</summary>
/// <remarks>
/// A token may name a key that another replica made a moment ago. Then whoever keeps the ring looks again: one look at a time, for
/// all who wait, and not more than one in <see cref="Interval"/>, so that random kids cost next to nothing. A look begins after those
/// it serves asked for it, so nobody has to ask twice.
/// </remarks>
/// <param name="read">The keys of the ring as it is known now; null before the first.</param>
/// <param name="lookAgain">Makes the ring's keeper look for a newer ring, and throws where it could not; null where nobody else changes it.</param>
/// <param name="isEphemeral">Whether the keys end with this process.</param>
internal sealed class OwnPublicKeys(Func<JwkSet?> read, Func<CancellationToken, Task>? lookAgain, bool isEphemeral, TimeProvider clock)
{
    /// <summary>The least time between two looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest that one look may take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private volatile KeySet? _current;
    private Task<bool>? _next;
    private Task<bool> _latest = Task.FromResult(true);
    private long? _began;

    public KeySet? Current => _current;

    public bool IsEphemeral { get; } = isEphemeral;

    public bool CanLook => lookAgain is not null;

    /// <summary>The ring is another one now.</summary>
    public void Changed()
    {
        // Read inside the lock: of two changes at once, the newer one stays.
        lock (_lock)
        {
            if (read() is not { } keys) return;
            // The same keys stay the same object: tokens verified by them stay verified.
            if (_current is { } before && before.HasKeysOf(keys)) return;
            _current = new KeySet(keys, clock.GetTimestamp(), long.MaxValue, long.MaxValue);
        }
    }

    /// <summary>Ends when a look that began after this call has ended. False when it failed.</summary>
    public Task<bool> LookAsync()
    {
        lock (_lock)
        {
            if (_next is not null) return _next;
            var before = _latest;
            return _next = _latest = Task.Run(() => RunAsync(before));
        }
    }

    private async Task<bool> RunAsync(Task<bool> before)
    {
        await before;
        var wait = _began is { } began ? Interval - clock.GetElapsedTime(began) : TimeSpan.Zero;
        if (wait > TimeSpan.Zero) await Task.Delay(wait, clock);
        lock (_lock)
        {
            _next = null;
            _began = clock.GetTimestamp();
        }

        using var timeout = new CancellationTokenSource(Patience, clock);
        try
        {
            await lookAgain!(timeout.Token).WaitAsync(timeout.Token);
            return true;
        }
#pragma warning disable CA1031 // Whatever the store throws means the same to a token: its key could not be looked for.
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }
    }
}
