namespace Sallyport.LoadTests.Compare;

/// <summary>The lines of a comparison as cells: medians of the rounds with their least and greatest, and medians of the rounds' ratios.</summary>
internal static class ResultTable
{
    public static readonly string[] Headings =
        ["", "CPU us", "x bare", "req/s", "x bare", "p50 ms", "p99 ms", "x bare", "p99.9 ms", "peak MiB", "req/s x JwtBearer", "req/s x HAProxy"];

    public static IEnumerable<string[]> Rows(Results results) => results.Lines.Select(line => Row(results, line));

    private static string[] Row(Results results, ComparedLine line)
    {
        return
        [
            line.Title,
            Figure("0.0", sample => sample.Cpu),
            Ratio(line.Yardstick, sample => sample.Cpu),
            Figure("#,0", sample => sample.Throughput),
            Ratio(line.Yardstick, sample => sample.Throughput),
            Figure("0.0", sample => sample.Median),
            Figure("0.0", sample => sample.Slow),
            Ratio(line.Yardstick, sample => sample.Slow),
            Figure("0.0", sample => sample.Slowest),
            Spread.Text(results.Peak(line.Name), "0"),
            line.IsGuarded ? Ratio(line.Twin("stock"), sample => sample.Throughput) : "",
            line.IsGuarded ? Ratio(line.Twin("haproxy"), sample => sample.Throughput) : "",
        ];

        string Figure(string format, Func<Sample, double> figure) => results.Of(line.Name, figure).ToText(format);

        string Ratio(string other, Func<Sample, double> figure) =>
            results.Has(other) ? Spread.Text(results.RoundRatios(line.Name, other, figure).Median, "0.00") : "";
    }
}
