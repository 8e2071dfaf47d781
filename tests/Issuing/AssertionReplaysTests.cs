using Sallyport.Gateway.Issuing;
using Sallyport.Gateway.Redis;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Issuing;

public sealed class AssertionReplaysTests
{
    [Fact]
    public async Task A_jti_is_the_clients_own_and_is_forgotten_when_it_has_expired()
    {
        var clock = new FakeClock();
        var replays = new AssertionReplays(clock);
        var end = clock.GetUtcNow().AddMinutes(5);

        Assert.True(await replays.TryUseAsync("a", "bc", end));
        Assert.False(await replays.TryUseAsync("a", "bc", end));
        Assert.True(await replays.TryUseAsync("ab", "c", end));
        clock.Advance(TimeSpan.FromMinutes(4));
        Assert.False(await replays.TryUseAsync("a", "bc", end));
        clock.Advance(TimeSpan.FromMinutes(2));
        Assert.True(await replays.TryUseAsync("a", "bc", end.AddMinutes(5)));
    }

    [Fact]
    public async Task When_no_more_can_be_remembered_none_is_taken_rather_than_one_forgotten()
    {
        var clock = new FakeClock();
        var replays = new AssertionReplays(clock);
        var end = clock.GetUtcNow().AddMinutes(5);
        for (var i = 0; i < AssertionReplays.Capacity; i++) await replays.TryUseAsync("robot", $"{i}", end);

        await Assert.ThrowsAsync<RedisAwayException>(async () => await replays.TryUseAsync("robot", "more", end));
        Assert.False(await replays.TryUseAsync("robot", "0", end));
        clock.Advance(TimeSpan.FromMinutes(6));
        Assert.True(await replays.TryUseAsync("robot", "more", end.AddMinutes(5)));
    }
}
