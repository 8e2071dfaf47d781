using NBomber.Engine;

namespace Sallyport.Tests.Compat.Load;

public sealed class HistogramTests
{
    private static readonly double[] Quantiles = [0, 0.01, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999, 1];

    public static TheoryData<string> Distributions => ["constant", "uniform", "exponential", "lognormal", "pareto", "two humps", "nanoseconds to days"];

    [Theory]
    [MemberData(nameof(Distributions))]
    public void A_quantile_is_within_one_percent_of_the_exact_one(string distribution)
    {
        for (var seed = 0; seed < 5; seed++)
        {
            var random = new Random(seed);
            var values = Enumerable.Range(0, 50_000).Select(_ => Draw(distribution, random)).ToArray();
            var histogram = new Histogram();
            foreach (var value in values) histogram.Add(value);
            Array.Sort(values);

            foreach (var quantile in Quantiles)
            {
                var exact = values[Math.Clamp((int)Math.Ceiling(quantile * values.Length) - 1, 0, values.Length - 1)];
                Assert.InRange(histogram.Quantile(quantile), exact * 0.99, exact * 1.01);
            }

            Assert.Equal((values[0], values[^1], (long)values.Length), (histogram.Min, histogram.Max, histogram.Count));
            Assert.Equal(values.Average(), histogram.Mean, values.Average() * 1e-9);
        }
    }

    [Fact]
    public void The_standard_deviation_is_that_of_the_values()
    {
        var histogram = new Histogram();
        foreach (var value in new long[] { 2, 4, 4, 4, 5, 5, 7, 9 }) histogram.Add(value);
        Assert.Equal((5, 2), (histogram.Mean, histogram.StandardDeviation));
    }

    [Fact]
    public void Ten_million_values_take_no_more_memory_than_a_thousand()
    {
        var (few, many) = (new Histogram(), new Histogram());
        var random = new Random(1);
        few.Add(long.MaxValue);
        many.Add(long.MaxValue);
        for (var i = 0; i < 1_000; i++) few.Add(random.NextInt64());
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000_000; i++) many.Add(random.NextInt64() >> (i & 63));
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(few.Footprint, many.Footprint);
        Assert.InRange(many.Footprint, 1, 60_000);
        Assert.Equal(10_000_001, many.Count);
    }

    [Fact]
    public void Two_added_are_as_one_that_had_all_values()
    {
        var (first, second, all) = (new Histogram(), new Histogram(), new Histogram());
        var random = new Random(2);
        for (var i = 0; i < 10_000; i++)
        {
            var value = random.NextInt64(1L << random.Next(1, 40));
            (i % 3 == 0 ? first : second).Add(value);
            all.Add(value);
        }

        first.Add(second);
        Assert.All(Quantiles, quantile => Assert.Equal(all.Quantile(quantile), first.Quantile(quantile)));
        Assert.Equal((all.Count, all.Min, all.Max), (first.Count, first.Min, first.Max));
    }

    [Fact]
    public void Nothing_and_what_is_below_zero_are_zero()
    {
        var histogram = new Histogram();
        Assert.Equal((0, 0, 0), (histogram.Quantile(0.5), histogram.Mean, histogram.StandardDeviation));
        histogram.Add(-5);
        Assert.Equal((1, 0), (histogram.Count, histogram.Max));
        histogram.Clear();
        Assert.Equal((0, 0, 0), (histogram.Count, histogram.Quantile(1), histogram.UpTo(long.MaxValue)));
    }

    private static long Draw(string distribution, Random random) => distribution switch
    {
        "constant" => 123_457,
        "uniform" => random.NextInt64(1, 1_000_000),
        "exponential" => (long)(-Math.Log(1 - random.NextDouble()) * 50_000) + 1,
        "lognormal" => (long)Math.Exp(10 + 1.5 * Normal(random)),
        "pareto" => (long)(1_000 / Math.Pow(1 - random.NextDouble(), 1 / 1.2)),
        "two humps" => (long)((random.Next(100) < 98 ? 5_000 : 20_000_000) * (1 + 0.05 * Math.Abs(Normal(random)))),
        _ => random.NextInt64(1L << random.Next(1, 50)) + 1,
    };

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
