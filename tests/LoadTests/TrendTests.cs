using Sallyport.LoadTests.Soak;

namespace Sallyport.Tests.LoadTests;

public sealed class TrendTests
{
    [Fact]
    public void A_straight_line_is_found_exactly()
    {
        var trend = Trend.Of([.. Enumerable.Range(0, 11).Select(i => (i * 60.0, 100 + (2.0 * i)))]);

        Assert.Equal(110, trend.Level, 9);
        Assert.Equal(20, trend.Growth, 9);
    }

    [Fact]
    public void What_swings_around_a_level_grows_by_little()
    {
        var trend = Trend.Of([.. Enumerable.Range(0, 400).Select(i => ((double)i, 100 + (i % 4 < 2 ? 10.0 : -10.0)))]);

        Assert.Equal(100, trend.Level, 9);
        Assert.InRange(trend.Growth, -0.5, 0.5);
    }

    [Fact]
    public void One_point_does_not_grow() => Assert.Equal(new Trend(7, 0), Trend.Of([(3, 7)]));
}
