using Spectre.Console;

namespace Sallyport.Gateway.Cli;

/// <summary>A table: framed and wrapped on a terminal; columns of plain text, one line a row, anywhere else.</summary>
internal static class PlainTable
{
    private const int WideEnough = 4096;

    public static void Write(ConsoleStreams streams, IReadOnlyList<string> headings, IEnumerable<string[]> rows)
    {
        var table = new Table { Border = streams.Width is null ? TableBorder.None : TableBorder.Rounded };
        foreach (var heading in headings) table.AddColumn(new TableColumn(new Text(heading)));
        foreach (var row in rows) table.AddRow(row.Select(cell => new Text(Visible.Line(cell))));

        var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(text),
        });
        console.Profile.Width = streams.Width ?? WideEnough;
        console.Write(table);
        foreach (var line in text.ToString().TrimEnd().Split('\n')) streams.Output.WriteLine(line.TrimEnd());
    }
}
