using System.Text;

namespace Sallyport.Gateway.Cli;

/// <summary>Where a verb reads and writes.</summary>
/// <param name="Input">Standard input, as bytes.</param>
/// <param name="Output">The answer.</param>
/// <param name="Error">What went wrong with asking.</param>
/// <param name="Width">Columns of the terminal; null when the output is no terminal, and gets plain text without wrapping.</param>
internal sealed record ConsoleStreams(Stream Input, TextWriter Output, TextWriter Error, int? Width)
{
    private const int NarrowestTable = 80;

    public static ConsoleStreams OfProcess()
    {
        // No byte order mark, whatever the locale says: other programs read this.
        if (Console.IsOutputRedirected) Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        int? width = Console.IsOutputRedirected ? null : Math.Max(NarrowestTable, Console.WindowWidth);
        return new ConsoleStreams(Console.OpenStandardInput(), Console.Out, Console.Error, width);
    }
}
