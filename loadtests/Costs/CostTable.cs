using System.Globalization;
using System.Text;
using Spectre.Console;

namespace Sallyport.LoadTests.Costs;

/// <summary>The samples of a run as a table: medians over the rounds, and medians of each round's ratios to the yardsticks.</summary>
internal sealed class CostTable(IReadOnlyDictionary<string, List<Sample>> samples, Yardstick[] yardsticks)
{
    private string[] Headings => ["", "CPU us", .. yardsticks.Select(y => y.Heading), "req/s", "p50 ms", "p99 ms"];

    /// <summary>The median, over the rounds, of one line's CPU time to another's.</summary>
    public double Ratio(string name, string yardstick) =>
        Median(samples[name].Zip(samples[yardstick], (sample, other) => sample.Cpu / other.Cpu));

    /// <summary>One line's CPU time of all rounds to another's: where rounds are many and short, it is surer than the median.</summary>
    public double TotalRatio(string name, string yardstick) => samples[name].Sum(sample => sample.Cpu) / samples[yardstick].Sum(sample => sample.Cpu);

    public void Print()
    {
        var table = new Table();
        foreach (var heading in Headings) table.AddColumn(new TableColumn(heading) { Alignment = heading.Length == 0 ? Justify.Left : Justify.Right });
        foreach (var name in samples.Keys) table.AddRow(Row(name));
        AnsiConsole.Write(table);
    }

    public string ToMarkdown()
    {
        var text = new StringBuilder();
        Line(Headings);
        Line(Headings.Select((_, i) => i == 0 ? "---" : "---:"));
        foreach (var name in samples.Keys) Line(Row(name));
        return text.ToString();

        void Line(IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
    }

    private string[] Row(string name) =>
    [
        name,
        Text(Median(samples[name].Select(s => s.Cpu)), "0.0"),
        .. yardsticks.Select(y => Text(Ratio(name, y.Line), "0.00")),
        Text(Median(samples[name].Select(s => s.Throughput)), "#,0"),
        Text(Median(samples[name].Select(s => s.Median)), "0.0"),
        Text(Median(samples[name].Select(s => s.Slow)), "0.0"),
    ];

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[sorted.Length / 2] + sorted[(sorted.Length - 1) / 2]) / 2;
    }
}
