using System.Globalization;
using System.Security;
using System.Text;

namespace Sallyport.LoadTests.Compare;

/// <summary>The CPU time per request of each line as bars, in one SVG that is legible on white and on black.</summary>
internal static class CostChart
{
    private const int Left = 350;
    private const int Width = 480;
    private const int Step = 24;
    private const int Top = 40;

    public static string Of(Results results)
    {
        var most = results.Lines.Max(line => Cpu(results, line).Greatest);
        var height = Top + (results.Lines.Count * Step) + 10;
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Left + Width + 70} {height}" role="img" font-family="system-ui, sans-serif" font-size="13" fill="#7a828c">
              <title>CPU time of the proxy per request, in microseconds</title>
              <text x="20" y="22" font-size="15">CPU time of the proxy per request, in us: median of the rounds, least and greatest</text>

            """);
        for (var i = 0; i < results.Lines.Count; i++)
        {
            var (line, y) = (results.Lines[i], Top + (i * Step));
            var cpu = Cpu(results, line);
            svg.Append(CultureInfo.InvariantCulture, $"""
                  <text x="{Left - 8}" y="{y + 13}" text-anchor="end">{SecurityElement.Escape(line.Title)}</text>
                  <rect x="{Left}" y="{y}" width="{X(cpu.Median):0.0}" height="16" rx="2" fill="{Colour(line.Proxy)}"/>
                  <path d="M{Left + X(cpu.Least):0.0} {y + 8}H{Left + X(cpu.Greatest):0.0}" stroke="#7a828c" stroke-width="2"/>
                  <text x="{Left + X(cpu.Greatest) + 6:0.0}" y="{y + 13}">{cpu.Median:0.0}</text>

                """);
        }

        return svg.Append("</svg>\n").ToString();

        double X(double microseconds) => microseconds / most * Width;
    }

    private static Spread Cpu(Results results, ComparedLine line) => results.Of(line.Name, sample => sample.Cpu);

    private static string Colour(Contender proxy) => proxy switch
    {
        Contender.Bare => "#9aa3ad",
        Contender.Stock => "#d9822b",
        Contender.HaProxy => "#8b6fc9",
        Contender.Nginx => "#4c9f70",
        _ => "#3b82c4",
    };
}
