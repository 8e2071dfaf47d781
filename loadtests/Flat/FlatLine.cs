namespace Sallyport.LoadTests.Flat;

/// <summary>What one kind of request costs on both sides of a dimension.</summary>
/// <param name="Dimension">Which one.</param>
/// <param name="Kind">As in the table.</param>
/// <param name="Small">A sample a round.</param>
/// <param name="Large">A sample a round.</param>
internal sealed record FlatLine(Dimension Dimension, string Kind, IReadOnlyList<Sample> Small, IReadOnlyList<Sample> Large)
{
    /// <summary>Whether it is the gateway's, and judged.</summary>
    public bool IsJudged { get; init; } = true;

    /// <summary>CPU time of a request, in microseconds.</summary>
    public double SmallCpu => Small.Average(sample => sample.Cpu);

    public double LargeCpu => Large.Average(sample => sample.Cpu);

    /// <summary>CPU time of all rounds together: surer than the median, where rounds are many and short.</summary>
    public double Ratio => LargeCpu / SmallCpu;

    /// <summary>The rounds' own ratios, in order.</summary>
    public double[] Ratios => [.. Small.Zip(Large, (small, large) => large.Cpu / small.Cpu).Order()];
}
