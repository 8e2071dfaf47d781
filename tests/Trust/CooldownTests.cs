using Sallyport.Gateway.Trust;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Trust;

public sealed class CooldownTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly FakeClock _clock = new();
    private readonly Cooldown _cooldown;

    public CooldownTests() => _cooldown = new(30 * Second, _clock);

    [Fact]
    public void An_attempt_keeps_the_next_one_off_for_its_length_whatever_came_of_it()
    {
        Assert.True(_cooldown.TryBegin());
        _clock.Advance(29.9 * Second);
        Assert.False(_cooldown.TryBegin());
        _clock.Advance(0.1 * Second);
        Assert.True(_cooldown.TryBegin());
        Assert.False(_cooldown.TryBegin());
    }

    [Fact]
    public void A_refused_attempt_does_not_make_the_wait_longer()
    {
        Assert.True(_cooldown.TryBegin());
        for (var i = 0; i < 29; i++)
        {
            _clock.Advance(Second);
            Assert.False(_cooldown.TryBegin());
        }

        _clock.Advance(Second);
        Assert.True(_cooldown.TryBegin());
    }

    [Fact]
    public void The_patient_wait_a_turn_longer()
    {
        Assert.True(_cooldown.TryBegin(2));
        _clock.Advance(59 * Second);
        Assert.False(_cooldown.TryBegin(2));
        Assert.True(_cooldown.TryBegin());
        _clock.Advance(60 * Second);
        Assert.True(_cooldown.TryBegin(2));
    }

    [Fact]
    public void An_attempt_that_brought_something_gives_its_stamp_back()
    {
        Assert.True(_cooldown.TryBegin());
        _cooldown.Release();
        Assert.Equal(TimeSpan.Zero, _cooldown.Remaining);
        Assert.True(_cooldown.TryBegin());
    }

    [Fact]
    public void The_rest_of_the_wait_is_told()
    {
        Assert.Equal(TimeSpan.Zero, _cooldown.Remaining);
        _cooldown.TryBegin();
        _clock.Advance(12 * Second);
        Assert.Equal(18 * Second, _cooldown.Remaining);
        _clock.Advance(100 * Second);
        Assert.Equal(TimeSpan.Zero, _cooldown.Remaining);
    }

    [Fact]
    public async Task Of_many_at_once_one_begins()
    {
        var begun = 0;
        await Parallel.ForAsync(0, 1_000, (_, _) =>
        {
            if (_cooldown.TryBegin()) Interlocked.Increment(ref begun);
            return ValueTask.CompletedTask;
        });
        Assert.Equal(1, begun);
    }
}
