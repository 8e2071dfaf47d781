namespace Sallyport.LoadTests.Compare;

/// <summary>What the rounds gave, by line.</summary>
internal sealed class Results(IReadOnlyList<ComparedLine> lines)
{
    private readonly Dictionary<string, List<Sample>> _samples = lines.ToDictionary(line => line.Name, _ => new List<Sample>(), StringComparer.Ordinal);
    private readonly Dictionary<string, double> _peaks = new(StringComparer.Ordinal);

    public IReadOnlyList<ComparedLine> Lines => lines;

    public void Add(ComparedLine line, Sample sample) => _samples[line.Name].Add(sample);

    /// <param name="line">A line.</param>
    /// <param name="mebibytes">The most memory that its proxy had in the whole run.</param>
    public void SetPeak(ComparedLine line, double mebibytes) => _peaks[line.Name] = mebibytes;

    public double Peak(string line) => _peaks[line];

    /// <summary>Whether all of these were measured.</summary>
    public bool Has(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            if (!_samples.ContainsKey(name))
                return false;
        return true;
    }

    /// <summary>A figure of one line over the rounds.</summary>
    public Spread Of(string line, Func<Sample, double> figure) => Spread.Of(_samples[line].Select(figure));

    /// <summary>A figure of one line to that of another: the ratios of the rounds.</summary>
    public Spread RoundRatios(string line, string other, Func<Sample, double> figure) =>
        Spread.Of(_samples[line].Zip(_samples[other], (mine, theirs) => figure(mine) / figure(theirs)));

    /// <summary>The median of one line to that of another.</summary>
    public double RatioOfMedians(string line, string other, Func<Sample, double> figure) => Of(line, figure).Median / Of(other, figure).Median;
}
