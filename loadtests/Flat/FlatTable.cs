using System.Globalization;
using System.Text;
using Spectre.Console;

namespace Sallyport.LoadTests.Flat;

/// <summary>What the dimensions came to, as a table.</summary>
/// <param name="allowed">The greatest ratio.</param>
internal sealed class FlatTable(double allowed)
{
    private static readonly string[] Headings = ["", "token", "CPU us", "", "ratio", "of the rounds", "bar", "start s", "MiB"];

    private readonly List<string[]> _rows = [];

    /// <summary>Whether no ratio is greater.</summary>
    public bool Holds { get; private set; } = true;

    public void Add(SideBySide sides, IReadOnlyList<FlatLine> lines)
    {
        foreach (var line in lines)
        {
            var isFirst = ReferenceEquals(line, lines[0]);
            var holds = line.Ratio <= allowed;
            Holds &= holds || !line.IsJudged;
            var ratios = line.Ratios;
            _rows.Add([
                isFirst ? $"{line.Dimension.Small.Name} / {line.Dimension.Large.Name}" : "",
                line.Kind,
                Text(line.SmallCpu, "0.0"),
                Text(line.LargeCpu, "0.0"),
                Text(line.Ratio, "0.000"),
                $"{Text(ratios[ratios.Length / 10], "0.00")} .. {Text(ratios[ratios.Length / 2], "0.00")} .. {Text(ratios[ratios.Length - 1 - (ratios.Length / 10)], "0.00")}",
                line.IsJudged ? $"{(holds ? "met" : "missed")}: {Text(allowed, "0.00")}" : "",
                isFirst ? $"{Text(sides.SmallStart.TotalSeconds, "0.0")} / {Text(sides.LargeStart.TotalSeconds, "0.0")}" : "",
                isFirst ? $"{Text(sides.SmallMemory, "0")} / {Text(sides.LargeMemory, "0")}" : "",
            ]);
        }
    }

    public void Print()
    {
        var table = new Table();
        foreach (var heading in Headings) table.AddColumn(new TableColumn(heading).NoWrap());
        foreach (var row in _rows) table.AddRow(row);
        AnsiConsole.Write(table);
    }

    public string ToMarkdown()
    {
        var text = new StringBuilder();
        Line(Headings);
        Line(Headings.Select((_, i) => i is 2 or 3 or 4 ? "---:" : "---"));
        foreach (var row in _rows) Line(row);
        return text.ToString();

        void Line(IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
    }

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
