using NBomber.CSharp;
using NBomber.Engine;

namespace Sallyport.Tests.Compat.Load;

public sealed class LedgerTests
{
    [Fact]
    public async Task No_answer_is_lost_or_counted_twice_while_seconds_end_among_them()
    {
        const int Writers = 6;
        const int Each = 200_000;
        var ledger = new Ledger();
        using var stop = new CancellationTokenSource();
        var collecting = Task.Run(() =>
        {
            for (var i = 1; !stop.IsCancellationRequested; i++) ledger.Collect(TimeSpan.FromSeconds(i), 0);
        });
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(() =>
        {
            for (var i = 0; i < Each; i++) ledger.Add(Ledger.Whole, i % 4 == 0 ? Response.Fail(statusCode: "500") : Response.Ok(sizeBytes: writer), i);
        })));
        await stop.CancelAsync();
        await collecting;
        ledger.Collect(TimeSpan.MaxValue, 0);

        ledger.Read((totals, moments) =>
        {
            Assert.Equal(Writers * Each / 4 * 3, totals[Ledger.Whole].Ok.Latency.Count);
            Assert.Equal(Writers * Each / 4, totals[Ledger.Whole].Fail.Latency.Count);
            Assert.Equal(Writers * Each / 4, totals[Ledger.Whole].Fail.Codes[("500", "")]);
            Assert.Equal(Writers * Each / 4 * 3, moments.Sum(moment => moment.Ok));
            Assert.Equal(Enumerable.Range(0, Writers).Sum(writer => writer * Each / 4 * 3), totals[Ledger.Whole].Ok.Size.Sum);
            return true;
        });
    }

    [Fact]
    public void What_is_collected_in_between_is_in_the_totals_and_in_its_second()
    {
        var ledger = new Ledger();
        ledger.Add(Ledger.Whole, Response.Ok(customLatencyMs: 1), 0);
        ledger.Collect(TimeSpan.FromSeconds(0.3), 0);
        Assert.Equal((1, 0), Counts());
        ledger.Add(Ledger.Whole, Response.Ok(customLatencyMs: 9), 0);
        ledger.Collect(TimeSpan.FromSeconds(1), 7);
        Assert.Equal((2, 1), Counts());
        ledger.Collect(TimeSpan.FromSeconds(1.1), 0, isLast: true);
        Assert.Equal((2, 1), Counts());
        ledger.Add(Ledger.Whole, Response.Fail(), 0);
        ledger.Collect(TimeSpan.FromSeconds(1.2), 0, isLast: true);
        Assert.Equal((2, 2), Counts());

        ledger.Read((_, moments) =>
        {
            Assert.Equal((2, 0, 7, 9), (moments[0].Ok, moments[0].Fail, moments[0].InFlight, moments[0].Max));
            Assert.Equal((0, 1, TimeSpan.FromSeconds(0.2)), (moments[1].Ok, moments[1].Fail, moments[1].Length));
            return true;
        });

        (long, int) Counts() => ledger.Read((totals, moments) => (totals[Ledger.Whole].Ok.Latency.Count, moments.Count));
    }

    [Fact]
    public void A_message_of_its_own_for_each_answer_does_not_fill_the_memory()
    {
        var ledger = new Ledger();
        for (var i = 0; i < 10_000; i++) ledger.Add(Ledger.Whole, Response.Fail(statusCode: "502", message: $"request {i}"), 1);
        ledger.Collect(TimeSpan.FromSeconds(1), 0);
        var codes = ledger.Read((totals, _) => totals[Ledger.Whole].Fail.Codes);
        Assert.InRange(codes.Count, 100, 102);
        Assert.Equal(10_000, codes.Values.Sum());
    }
}
