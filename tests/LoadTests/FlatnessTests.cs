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
    public void Memory_that_grows_all_the_time_is_not_flat()
    {
        var flat = Judge(at => Sample(at, memory: 100 + (at / 20)));

        Assert.All(flat.Where(what => what.Quantity.Contains("after a collection", StringComparison.Ordinal)), what => Assert.False(what.Holds, what.ToString()));
        Assert.Equal(26.3, Find(flat, "resident memory after a collection, MiB").Growth, 2);
        Assert.True(Find(flat, "handles in a calm").Holds && Find(flat, "threads in a calm").Holds);
    }

    [Fact]
    public void Memory_that_falls_is_flat() => Assert.All(Judge(at => Sample(at, memory: 300 - (at / 10))), flat => Assert.True(flat.Holds, flat.ToString()));

    [Fact]
    public void Garbage_that_is_collected_when_asked_for_is_not_held()
    {
        var flat = Judge(at => Sample(at, memory: 150 + (IsCollected(at) ? 0 : at / 10)));

        Assert.All(flat.Where(what => what.IsJudged), what => Assert.True(what.Holds, what.ToString()));
        Assert.All(flat.Where(what => !what.IsJudged), what => Assert.False(what.Holds, what.ToString()));
        Assert.Equal(2, flat.Count(what => !what.IsJudged));
    }

    [Fact]
    public void Large_memory_may_not_grow_by_5_percent_if_that_is_over_20_MiB() =>
        Assert.Equal(20, Find(Judge(at => Sample(at, memory: 1000)), "resident memory after a collection, MiB").Limit);

    [Fact]
    public void A_handle_that_stays_open_after_every_outage_is_seen()
    {
        var flat = Judge(at => Sample(at, handles: 200 + (2 * (int)(at / Cycle))));

        Assert.False(Find(flat, "handles in a calm").Holds);
        Assert.True(Find(flat, "threads in a calm").Holds);
    }

    [Fact]
    public void Connections_that_an_outage_made_and_that_went_again_are_no_growth()
    {
        // The last one is shortly before the end, where a line through all samples would rise.
        var flat = Judge(at => Sample(at, handles: at % Cycle > 60 || at is > End - 300 and < End - 20 ? 700 : 200, threads: at % Cycle > 60 ? 60 : 25));

        Assert.All(flat, what => Assert.True(what.Holds, what.ToString()));
        Assert.Equal((200, 0), (Find(flat, "handles in a calm").Level, Find(flat, "handles in a calm").Growth));
    }

    [Fact]
    public void Without_calms_handles_and_threads_are_not_judged() =>
        Assert.DoesNotContain(Flatness.Of([Sample(0), Sample(10)]), flat => flat.Quantity.Contains("calm", StringComparison.Ordinal));

    private static IReadOnlyList<Flatness> Judge(Func<double, ProcessSample> sample) =>
        Flatness.Of([.. Enumerable.Range(0, (End / 2) + 1).Select(i => sample(i * 2))], End / 2, End);

    private static Flatness Find(IEnumerable<Flatness> flat, string quantity) => flat.Single(what => what.Quantity == quantity);

    // Once in each cycle, before its end.
    private static bool IsCollected(double at) => at % Cycle is >= 72 and < 74;

    private static ProcessSample Sample(double at, double memory = 150, int handles = 200, int threads = 25) =>
        new(at, memory, memory / 2, handles, threads, IsCollected(at) ? memory / 4 : null);
}
