using Xunit.Abstractions;
using Xunit.Sdk;

namespace Sallyport.Tests.Keys;

/// <summary>The real code of the ring in hundreds of fleets, with <see cref="RingFacts"/> checked after every event.</summary>
public sealed class SimulatedFleetTests(ITestOutputHelper output)
{
    private const int Events = 700;
    private const int SchedulesEach = 30;

    [Theory]
    [Trait("Acceptance", "C1")]
    [Trait("Acceptance", "C2")]
    [Trait("Acceptance", "C3")]
    [Trait("Acceptance", "C4")]
    [Trait("Acceptance", "C6")]
    [Trait("Acceptance", "C7")]
    [Trait("Acceptance", "C8")]
    [Trait("Acceptance", "C9")]
    [Trait("Acceptance", "C10")]
    [Trait("Acceptance", "C11")]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    public async Task What_must_hold_holds_at_every_step_of_any_schedule(int block)
    {
        var (keys, tokens) = (0, 0);
        // Where no synchronisation context is: everything runs on, inline.
        await Task.Run(async () =>
        {
            for (var seed = block * SchedulesEach; seed < (block + 1) * SchedulesEach; seed++)
            {
                try
                {
                    var fleet = new SimulatedFleet(seed);
                    await fleet.RunAsync(Events);
                    (keys, tokens) = (keys + fleet.KeysMade, tokens + fleet.TokensMade);
                }
                catch (XunitException e)
                {
                    throw new XunitException($"seed {seed}, {e.Message}", e);
                }
            }
        });
        output.WriteLine($"{keys} keys, {tokens} tokens");
        Assert.True(keys > SchedulesEach && tokens > SchedulesEach);
    }

    [Fact]
    [Trait("Acceptance", "C1")]
    [Trait("Acceptance", "C11")]
    public Task However_often_replicas_crash_in_their_start_one_key_is_made() => Task.Run(async () =>
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var random = new Random(seed);
            var time = new SimulatedTime();
            var store = new SimulatedStore(time);
            for (var crash = 0; crash < 60; crash++)
            {
                // Each comes to another point, and is gone.
                var replica = new SimulatedReplica(time, store, SimulatedFleet.Options, TimeSpan.Zero);
                for (var stops = random.Next(9); stops > 0 && replica.MayRun; stops--) await replica.RunAsync(isWell: true);
                time.Advance(TimeSpan.FromMilliseconds(random.Next(2000)));
            }

            var replicas = Enumerable.Range(0, 5).Select(_ => new SimulatedReplica(time, store, SimulatedFleet.Options, TimeSpan.Zero)).ToArray();
            for (var guard = 0; replicas.Any(replica => replica.Keys.Current?.Active is null) && guard < 10_000; guard++)
            {
                if (replicas.FirstOrDefault(replica => replica.MayRun) is { } ready) await ready.RunAsync(isWell: true);
                else time.Advance(TimeSpan.FromMilliseconds(200));
            }

            Assert.Equal(1, store.Made);
            Assert.Single((await store.RingAsync()).Keys);
            Assert.Single(replicas.Select(replica => replica.Keys.Current!.Active!.Key.KeyId).Distinct(StringComparer.Ordinal));
        }
    });
}
