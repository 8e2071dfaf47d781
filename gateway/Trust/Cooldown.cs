namespace Sallyport.Gateway.Trust;

/// <summary>Keeps attempts apart. Stamped when an attempt begins, so that one that fails or hangs counts too.</summary>
/// <remarks>
/// An attempt that brought what was asked for gives its stamp back: an issuer that rotates again is followed at once,
/// while nobody without a key of the issuer's can make an attempt bring anything.
/// </remarks>
internal sealed class Cooldown(TimeSpan length, TimeProvider clock)
{
    private readonly Lock _lock = new();
    private readonly long _length = (long)(length.TotalSeconds * clock.TimestampFrequency);
    private long _stamp;
    private bool _isStamped;

    /// <summary>Begins an attempt unless one began less than <paramref name="patience"/> lengths ago.</summary>
    public bool TryBegin(int patience = 1)
    {
        lock (_lock)
        {
            var now = clock.GetTimestamp();
            if (_isStamped && now - _stamp < _length * patience) return false;
            _stamp = now;
            _isStamped = true;
            return true;
        }
    }

    /// <summary>An attempt has begun, whoever let it begin.</summary>
    public void Stamp()
    {
        lock (_lock)
        {
            _stamp = clock.GetTimestamp();
            _isStamped = true;
        }
    }

    /// <summary>Somebody else's attempt lets none of ours begin before <paramref name="remaining"/> has passed.</summary>
    public void Observe(TimeSpan remaining)
    {
        lock (_lock)
        {
            var ofLength = Math.Min((long)(remaining.TotalSeconds * clock.TimestampFrequency), _length);
            _stamp = clock.GetTimestamp() - (_length - ofLength);
            _isStamped = true;
        }
    }

    /// <summary>The attempt brought what was asked for.</summary>
    public void Release()
    {
        lock (_lock) _isStamped = false;
    }

    /// <summary>Time until the next attempt may begin.</summary>
    public TimeSpan Remaining
    {
        get
        {
            lock (_lock)
            {
                if (!_isStamped) return TimeSpan.Zero;
                var left = _length - (clock.GetTimestamp() - _stamp);
                return left <= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds((double)left / clock.TimestampFrequency);
            }
        }
    }
}
