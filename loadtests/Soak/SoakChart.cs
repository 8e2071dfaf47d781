using System.Globalization;
using System.Text;

namespace Sallyport.LoadTests.Soak;

/// <summary>Memory, handles and threads of each gateway over time, in one SVG that is legible on white and on black; upright lines are what befell them.</summary>
internal static class SoakChart
{
    private const int Left = 60;
    private const int Width = 820;
    private const int Height = 150;
    private const int Step = 200;
    private const int Top = 40;
    private const string Ink = "#7a828c";

    private static readonly string[] Colours = ["#3b82c4", "#d9822b", "#4c9f70", "#8b6fc9"];

    public static string Of(IReadOnlyList<IReadOnlyList<ProcessSample>> samples, IReadOnlyList<(TimeSpan At, SoakEvent What)> happened)
    {
        var end = Math.Max(1, samples.SelectMany(s => s).Select(s => s.At).DefaultIfEmpty().Max());
        (string Title, Func<ProcessSample, double> Value)[] panels =
        [
            ("resident memory, MiB", sample => sample.Resident),
            ("anonymous memory, MiB", sample => sample.Anonymous),
            ("handles", sample => sample.Handles),
            ("threads", sample => sample.Threads),
        ];
        var height = Top + (panels.Length * Step);
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Left + Width + 20} {height}" role="img" font-family="system-ui, sans-serif" font-size="13" fill="{Ink}">
              <title>Memory, handles and threads of each gateway over {end / 60:0} minutes</title>

            """);
        for (var i = 0; i < samples.Count; i++)
            svg.Append(CultureInfo.InvariantCulture, $"""  <text x="{Left + (i * 120)}" y="16" fill="{Colours[i % Colours.Length]}">gateway {i + 1}</text>{'\n'}""");
        for (var i = 0; i < panels.Length; i++) Panel(svg, Top + (i * Step), panels[i].Title, panels[i].Value, samples, happened, end);
        return svg.Append("</svg>\n").ToString();
    }

    private static void Panel(
        StringBuilder svg,
        int top,
        string title,
        Func<ProcessSample, double> value,
        IReadOnlyList<IReadOnlyList<ProcessSample>> samples,
        IReadOnlyList<(TimeSpan At, SoakEvent What)> happened,
        double end)
    {
        var most = Math.Max(1, samples.SelectMany(s => s).Select(value).DefaultIfEmpty().Max() * 1.1);
        var bottom = top + Height;
        foreach (var (at, what) in happened)
            if (what is SoakEvent.IssuerHangs or SoakEvent.RedisFrozen or SoakEvent.RedisKilled)
                svg.Append(CultureInfo.InvariantCulture, $"""  <path d="M{X(at.TotalSeconds):0.0} {top}V{bottom}" stroke="{Ink}" opacity="0.25"><title>{what}</title></path>{'\n'}""");
        svg.Append(CultureInfo.InvariantCulture, $"""
              <text x="{Left}" y="{top - 6}" font-size="15">{title}</text>
              <path d="M{Left} {top}V{bottom}H{Left + Width}" stroke="{Ink}" fill="none"/>
              <text x="{Left - 6}" y="{top + 12}" text-anchor="end">{most:0}</text>
              <text x="{Left - 6}" y="{bottom}" text-anchor="end">0</text>
              <text x="{Left + Width}" y="{bottom + 16}" text-anchor="end">{end / 60:0.#} min</text>

            """);
        for (var i = 0; i < samples.Count; i++)
        {
            var points = samples[i].Select(sample => string.Create(CultureInfo.InvariantCulture, $"{X(sample.At):0.0},{bottom - (value(sample) / most * Height):0.0}"));
            svg.Append(CultureInfo.InvariantCulture, $"""  <polyline points="{string.Join(' ', points)}" fill="none" stroke="{Colours[i % Colours.Length]}" stroke-width="1.5"/>{'\n'}""");
        }

        double X(double at) => Left + (at / end * Width);
    }
}
