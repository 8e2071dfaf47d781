using NBomber.Contracts;
using NBomber.CSharp;
using NBomber.Engine;

namespace Sallyport.Tests.Compat.Load;

public sealed class PlanTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(1, 1_000, 10_000, 10)]
    [InlineData(250, 1_000, 4_000, 1_000)]
    [InlineData(20_000, 1_000, 3_000, 60_000)]
    [InlineData(3, 100, 1_000, 30)]
    [InlineData(7, 60_000, 120_000, 14)]
    public void A_rate_starts_as_many_as_it_says_evenly(int rate, int interval, int during, int expected)
    {
        var starts = Starts(Simulation.Inject(rate, TimeSpan.FromMilliseconds(interval), TimeSpan.FromMilliseconds(during)));
        Assert.Equal(expected, starts.Length);
        Assert.Equal(0, starts[0]);
        Assert.All(Enumerable.Range(0, expected), i => Assert.Equal(i * interval / 1_000.0 / rate, starts[i], 1e-6));
    }

    [Fact]
    public void A_ramp_starts_as_many_as_the_area_under_it()
    {
        Assert.Equal(500, Starts(Simulation.RampingInject(100, Second, TimeSpan.FromSeconds(10))).Length);
        Assert.Equal(
            500 + 200 + 750 + 250,
            Starts(
                Simulation.RampingInject(100, Second, TimeSpan.FromSeconds(10)), Simulation.Inject(100, Second, TimeSpan.FromSeconds(2)),
                Simulation.RampingInject(200, Second, TimeSpan.FromSeconds(5)), Simulation.RampingInject(0, Second, TimeSpan.FromSeconds(2.5))).Length);
    }

    [Theory]
    [InlineData(0, 100)]
    [InlineData(100, 0)]
    [InlineData(30, 90)]
    public void At_each_start_of_a_ramp_the_area_is_a_whole_number(int from, int to)
    {
        const double Seconds = 8;
        var starts = Starts(Simulation.Inject(from, Second, Second), Simulation.RampingInject(to, Second, TimeSpan.FromSeconds(Seconds)))[from..];
        for (var i = 0; i < starts.Length; i++)
        {
            var time = starts[i] - 1;
            Assert.Equal(i, from * time + (to - from) * time * time / (2 * Seconds), 1e-5);
        }
    }

    [Fact]
    public void What_is_left_of_a_start_goes_into_the_next_part()
    {
        var halves = Enumerable.Repeat(Simulation.Inject(3, Second, TimeSpan.FromSeconds(0.5)), 10).ToArray();
        Assert.Equal(15, Starts(halves).Length);
        Assert.Equal(Starts(Simulation.Inject(3, Second, TimeSpan.FromSeconds(5))), Starts(halves), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void A_random_rate_stays_between_its_bounds_in_each_interval()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var starts = Starts(seed, Simulation.InjectRandom(50, 70, Second, TimeSpan.FromSeconds(20)));
            var each = starts.GroupBy(start => (int)(start + 1e-9)).Select(second => second.Count()).ToArray();
            Assert.Equal(20, each.Length);
            Assert.All(each, count => Assert.InRange(count, 50, 70));
        }

        Assert.True(Enumerable.Range(0, 20).Select(seed => Starts(seed, Simulation.InjectRandom(50, 70, Second, Second)).Length).Distinct().Count() > 3);
    }

    [Fact]
    public void Iterations_by_rate_are_counted()
    {
        var starts = Starts(Simulation.IterationsForInject(10, Second, 25));
        Assert.Equal(25, starts.Length);
        Assert.Equal(2.4, starts[^1], 1e-6);
    }

    [Fact]
    public void A_pause_starts_nothing_and_takes_its_time()
    {
        var starts = Starts(Simulation.Pause(TimeSpan.FromSeconds(3)), Simulation.Inject(2, Second, Second));
        Assert.Equal([3, 3.5], starts);
    }

    [Fact]
    public void Copies_go_from_what_was_to_what_is_asked_in_a_straight_line()
    {
        var phases = Plan.Of([Simulation.RampingConstant(50, Second), Simulation.KeepConstant(50, Second), Simulation.RampingConstant(20, TimeSpan.FromSeconds(3))], new Random(1))
            .Cast<ClosedPhase>().ToArray();
        Assert.Equal([0, 25, 50], new[] { 0, 0.5, 1 }.Select(phases[0].CopiesAt));
        Assert.Equal([50, 50], new[] { 0, 1d }.Select(phases[1].CopiesAt));
        Assert.Equal([50, 40, 20, 20], new[] { 0, 1, 3, 9d }.Select(phases[2].CopiesAt));
    }

    [Fact]
    public void Load_that_makes_no_sense_is_refused()
    {
        LoadSimulation[] wrong =
        [
            Simulation.Inject(-1, Second, Second), Simulation.Inject(1, TimeSpan.Zero, Second), Simulation.Inject(1, Second, TimeSpan.Zero),
            Simulation.InjectRandom(5, 4, Second, Second), Simulation.KeepConstant(-1, Second), Simulation.KeepConstant(1, TimeSpan.Zero),
            Simulation.IterationsForConstant(0, 5), Simulation.IterationsForConstant(1, 0), Simulation.IterationsForInject(0, Second, 1), Simulation.Pause(TimeSpan.Zero),
        ];
        Assert.All(wrong, simulation => Assert.Throws<ArgumentException>(() => Plan.Of([simulation], new Random(1))));
        Assert.Single(Plan.Of([Simulation.InjectRandom(5, 5, Second, Second)], new Random(1)));
    }

    private static double[] Starts(params LoadSimulation[] simulations) => Starts(1, simulations);

    private static double[] Starts(int seed, params LoadSimulation[] simulations)
    {
        var begin = 0d;
        var starts = new List<double>();
        foreach (var phase in Plan.Of(simulations, new Random(seed)))
        {
            starts.AddRange(((OpenPhase)phase).Starts().Select(start => begin + start));
            begin += phase.Seconds;
        }

        return [.. starts];
    }
}
