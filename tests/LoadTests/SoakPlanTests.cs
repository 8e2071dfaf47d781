using Sallyport.LoadTests.Soak;

namespace Sallyport.Tests.LoadTests;

public sealed class SoakPlanTests
{
    [Theory]
    [InlineData(1, 20, 3)]
    [InlineData(5, 20, 15)]
    [InlineData(20, 75, 16)]
    [InlineData(240, 300, 48)]
    public void Everything_happens_once_in_each_cycle(int minutes, int cycleSeconds, int cycles)
    {
        var total = TimeSpan.FromMinutes(minutes);
        var plan = SoakPlan.Of(total).ToArray();

        Assert.Equal(TimeSpan.FromSeconds(cycleSeconds), SoakPlan.CycleOf(total));
        Assert.All(Enum.GetValues<SoakEvent>(), what => Assert.Equal(cycles, plan.Count(e => e.What == what)));
        Assert.Equal(plan.OrderBy(e => e.At), plan);
        Assert.All(plan, e => Assert.InRange(e.At, TimeSpan.Zero, total));
    }

    [Fact]
    public void Whatever_falls_ill_is_well_before_the_end_of_its_cycle_and_keys_change_while_all_is_well()
    {
        var plan = SoakPlan.Of(TimeSpan.FromMinutes(20)).Select(e => e.What).ToArray();
        int At(SoakEvent what) => Array.IndexOf(plan, what);

        Assert.True(At(SoakEvent.KeyUsed) < At(SoakEvent.IssuerHangs) && At(SoakEvent.IssuerFails) < At(SoakEvent.IssuerBack));
        Assert.True(At(SoakEvent.IssuerBack) < At(SoakEvent.RedisFrozen) && At(SoakEvent.RedisFrozen) < At(SoakEvent.RedisThawed));
        Assert.True(At(SoakEvent.RedisThawed) < At(SoakEvent.RingActivated) && At(SoakEvent.RingActivated) < At(SoakEvent.RedisKilled));
        Assert.Equal([SoakEvent.RedisBack, SoakEvent.Collected], plan[^2..]);
    }
}
