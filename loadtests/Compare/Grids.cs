using System.Text;
using Spectre.Console;

namespace Sallyport.LoadTests.Compare;

/// <summary>Rows of cells for the terminal, and for a page.</summary>
internal static class Grids
{
    public static void Print(string[] headings, IEnumerable<string[]> rows)
    {
        var table = new Table();
        for (var i = 0; i < headings.Length; i++) table.AddColumn(new TableColumn(headings[i]) { Alignment = i == 0 ? Justify.Left : Justify.Right, NoWrap = true });
        foreach (var row in rows) table.AddRow([.. row.Select(cell => new Text(cell))]);
        AnsiConsole.Write(table);
    }

    public static string ToMarkdown(string[] headings, IEnumerable<string[]> rows)
    {
        var text = new StringBuilder();
        Line(headings);
        Line(headings.Select((_, i) => i == 0 ? "---" : "---:"));
        foreach (var row in rows) Line(row);
        return text.ToString();

        void Line(IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
    }
}
