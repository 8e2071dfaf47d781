using Sallyport.LoadTests.Soak;

namespace Sallyport.Tests.LoadTests;

public sealed class FlatnessTests
{
    private const double Cycle = 75;
    private const int End = 1200;

    [Fact]
    public void A_process_that_fills_its_caches_first_and_then_holds_what_it_has_is_flat() =>
        Assert.All(Judge(at => Sample(at, memory: 100 + Math.Min(at, 500) / 10)), flat => Assert.True(flat.Holds, flat.ToString()));

    [Fact]
    public void Memory_that_grows_by_a_tenth_in_the_second_half_is_not_flat()
    {
        var flat = Judge(at => Sample(at, memory: 100 + (at / 60)));

        Assert.False(flat[0].Holds);
        Assert.Equal(10, flat[0].Growth, 1);
        Assert.True(flat[2].Holds && flat[3].Holds);
    }

    [Fact]
    public void Memory_that_falls_is_flat() => Assert.True(Judge(at => Sample(at, memory: 300 - (at / 10)))[0].Holds);

    [Fact]
    public void Large_memory_may_not_grow_by_5_percent_if_that_is_over_20_MiB() => Assert.Equal(20, Judge(at => Sample(at, memory: 1000))[0].Limit);

    [Fact]
    public void A_handle_that_stays_open_after_every_outage_is_seen()
    {
        var flat = Judge(at => Sample(at, handles: 200 + (2 * (int)(at / Cycle))));

        Assert.False(flat[2].Holds);
        Assert.True(flat[3].Holds);
    }

    [Fact]
    public void Connections_that_an_outage_made_and_that_went_again_are_no_growth()
    {
        // The last outage is just before the end, where a line through all samples would rise.
        var flat = Judge(at => Sample(at, handles: at % Cycle > 60 || at > End - 20 ? 700 : 200, threads: at % Cycle > 60 ? 60 : 25));

        Assert.All(flat, what => Assert.True(what.Holds, what.ToString()));
        Assert.Equal(200, flat[2].Level);
    }

    private static IReadOnlyList<Flatness> Judge(Func<double, ProcessSample> sample) =>
        Flatness.Of([.. Enumerable.Range(0, (End / 2) + 1).Select(i => sample(i * 2))], Cycle);

    private static ProcessSample Sample(double at, double memory = 150, int handles = 200, int threads = 25) => new(at, memory, memory / 2, handles, threads);
}
