namespace Sallyport.Tests.Support;

public sealed class FakeClockTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly FakeClock _clock = new();

    [Fact]
    public void Both_readings_move_only_when_advanced()
    {
        var (wall, stamp) = (_clock.GetUtcNow(), _clock.GetTimestamp());
        Assert.Equal(wall, _clock.GetUtcNow());
        _clock.Advance(90 * Second);
        Assert.Equal(90 * Second, _clock.GetUtcNow() - wall);
        Assert.Equal(90 * Second, _clock.GetElapsedTime(stamp));
    }

    [Fact]
    public void A_wall_clock_stepped_back_leaves_timestamps_alone()
    {
        var (wall, stamp) = (_clock.GetUtcNow(), _clock.GetTimestamp());
        _clock.SetUtcNow(wall - Second);
        Assert.Equal(wall - Second, _clock.GetUtcNow());
        Assert.Equal(stamp, _clock.GetTimestamp());
        _clock.SetUtcNow(wall + Second);
        Assert.Equal(wall + Second, _clock.GetUtcNow());
        Assert.Equal(2 * Second, _clock.GetElapsedTime(stamp));
    }

    [Fact]
    public void A_one_shot_timer_fires_once_at_its_time()
    {
        var fired = new List<DateTimeOffset>();
        var start = _clock.GetUtcNow();
        using var timer = Timer(fired, 5 * Second, Timeout.InfiniteTimeSpan);
        _clock.Advance(4.9 * Second);
        Assert.Empty(fired);
        _clock.Advance(60 * Second);
        Assert.Equal([start + (5 * Second)], fired);
        Assert.Equal(0, _clock.ArmedTimers);
    }

    [Fact]
    public void A_periodic_timer_fires_at_each_period_of_one_advance()
    {
        var fired = new List<DateTimeOffset>();
        var start = _clock.GetUtcNow();
        using var timer = Timer(fired, Second, 10 * Second);
        _clock.Advance(25 * Second);
        Assert.Equal([start + Second, start + (11 * Second), start + (21 * Second)], fired);
    }

    [Fact]
    public void Timers_fire_in_the_order_they_fall_due_and_see_that_time()
    {
        var fired = new List<DateTimeOffset>();
        var start = _clock.GetUtcNow();
        using var late = Timer(fired, 3 * Second, Timeout.InfiniteTimeSpan);
        using var early = Timer(fired, Second, Timeout.InfiniteTimeSpan);
        _clock.Advance(3 * Second);
        Assert.Equal([start + Second, start + (3 * Second)], fired);
    }

    [Fact]
    public void A_changed_timer_forgets_its_old_time_and_a_disposed_one_all()
    {
        var fired = new List<DateTimeOffset>();
        var start = _clock.GetUtcNow();
        var timer = Timer(fired, Second, Timeout.InfiniteTimeSpan);
        Assert.True(timer.Change(2 * Second, Timeout.InfiniteTimeSpan));
        _clock.Advance(2 * Second);
        Assert.Equal([start + (2 * Second)], fired);
        Assert.True(timer.Change(Second, Second));
        timer.Dispose();
        Assert.False(timer.Change(Second, Second));
        _clock.Advance(10 * Second);
        Assert.Single(fired);
    }

    [Fact]
    public void A_timer_may_arm_itself_again_from_its_callback()
    {
        var fired = 0;
        ITimer? timer = null;
        timer = _clock.CreateTimer(_ => { fired++; timer!.Change(Second, Timeout.InfiniteTimeSpan); }, null, Second, Timeout.InfiniteTimeSpan);
        _clock.Advance(5 * Second);
        Assert.Equal(5, fired);
        timer.Dispose();
    }

    [Fact]
    public async Task A_timer_due_at_once_fires_without_an_advance()
    {
        var fired = 0;
        using var timer = _clock.CreateTimer(_ => Interlocked.Increment(ref fired), null, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        await Poll.Until(() => Volatile.Read(ref fired) == 1);
        _clock.Advance(5 * Second);
        Assert.Equal(1, fired);
    }

    [Fact]
    public async Task The_waits_of_the_framework_follow_it()
    {
        var delay = Task.Delay(30 * Second, _clock);
        using var timeout = new CancellationTokenSource(20 * Second, _clock);
        using var ticks = new PeriodicTimer(10 * Second, _clock);
        var tick = ticks.WaitForNextTickAsync();
        Assert.Equal(3, _clock.ArmedTimers);

        _clock.Advance(10 * Second);
        Assert.True(await tick);
        Assert.False(timeout.IsCancellationRequested);
        _clock.Advance(10 * Second);
        Assert.True(timeout.IsCancellationRequested);
        Assert.False(delay.IsCompleted);
        _clock.Advance(10 * Second);
        await delay;
    }

    [Fact]
    public async Task Timers_made_and_ended_on_many_threads_all_fire_once()
    {
        var fired = 0;
        await Parallel.ForAsync(0, 1_000, (number, _) =>
        {
            var timer = _clock.CreateTimer(_ => Interlocked.Increment(ref fired), null, Second, Timeout.InfiniteTimeSpan);
            if (number % 2 == 0)
                timer.Dispose();
            return ValueTask.CompletedTask;
        });
        await Parallel.ForAsync(0, 4, (_, _) =>
        {
            _clock.Advance(Second);
            return ValueTask.CompletedTask;
        });
        Assert.Equal(500, fired);
    }

    private ITimer Timer(List<DateTimeOffset> fired, TimeSpan due, TimeSpan period) =>
        _clock.CreateTimer(_ => fired.Add(_clock.GetUtcNow()), null, due, period);
}
