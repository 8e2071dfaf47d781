namespace Sallyport.Tests.Support;

/// <summary>A clock that stands still until a test moves it, and fires the timers it made when it is moved past them.</summary>
/// <remarks>
/// Two readings: the wall clock (<see cref="GetUtcNow"/>), which can be stepped either way, and the monotonic one
/// (<see cref="GetTimestamp"/>, in ticks of 100 ns), which timers follow and which only <see cref="Advance"/> moves.
/// Timer callbacks run on the thread that advances, in the order in which they fall due; a timer that is already
/// due when it is made fires on the thread pool, as a real one does.
/// </remarks>
internal sealed class FakeClock(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<FakeTimer> _timers = [];
    private DateTimeOffset _wallAtZero = start.ToUniversalTime();
    private TimeSpan _elapsed;

    public FakeClock()
        : this(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero))
    {
    }

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>How many timers are armed: a test polls this to know that the code under test waits for the clock.</summary>
    public int ArmedTimers
    {
        get
        {
            lock (_lock)
                return _timers.Count;
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
            return _wallAtZero + _elapsed;
    }

    public override long GetTimestamp()
    {
        lock (_lock)
            return _elapsed.Ticks;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new FakeTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves both readings forward and fires what falls due on the way.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        TimeSpan target;
        lock (_lock)
            target = _elapsed + by;

        while (NextDue(target) is { } timer)
            timer.Fire();

        lock (_lock)
            _elapsed = Later(_elapsed, target);
    }

    /// <summary>Sets the wall clock. Forward is an <see cref="Advance"/>; backward is a clock that was corrected: timers and timestamps stay.</summary>
    public void SetUtcNow(DateTimeOffset now)
    {
        TimeSpan by;
        lock (_lock)
        {
            by = now - (_wallAtZero + _elapsed);
            if (by < TimeSpan.Zero)
                _wallAtZero += by;
        }

        if (by > TimeSpan.Zero)
            Advance(by);
    }

    /// <summary>Arms or disarms a timer; false when it has been disposed.</summary>
    internal bool Arm(FakeTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        lock (_lock)
        {
            if (timer.Disposed)
                return false;
            _timers.Remove(timer);
            timer.Period = period > TimeSpan.Zero ? period : Timeout.InfiniteTimeSpan;
            if (dueTime < TimeSpan.Zero)
                return true;
            if (dueTime > TimeSpan.Zero || timer.Period > TimeSpan.Zero)
            {
                timer.Due = _elapsed + (dueTime > TimeSpan.Zero ? dueTime : timer.Period);
                _timers.Add(timer);
            }
        }

        if (dueTime == TimeSpan.Zero)
            ThreadPool.QueueUserWorkItem(static due => due.Fire(), timer, preferLocal: false);
        return true;
    }

    internal void Disarm(FakeTimer timer)
    {
        lock (_lock)
        {
            timer.Disposed = true;
            _timers.Remove(timer);
        }
    }

    private FakeTimer? NextDue(TimeSpan target)
    {
        lock (_lock)
        {
            var next = _timers.MinBy(timer => timer.Due);
            if (next is null || next.Due > target)
                return null;

            _elapsed = Later(_elapsed, next.Due);
            if (next.Period > TimeSpan.Zero)
                next.Due += next.Period;
            else
                _timers.Remove(next);
            return next;
        }
    }

    private static TimeSpan Later(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
