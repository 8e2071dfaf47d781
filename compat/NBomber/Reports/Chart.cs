using System.Globalization;
using System.Net;
using System.Text;

namespace NBomber.Reports;

/// <summary>Draws lines over a common axis as SVG, with no script and nothing fetched.</summary>
internal static class Chart
{
    private const int Width = 900;
    private const int Height = 260;
    private const int Left = 64;
    private const int Right = 12;
    private const int Top = 28;
    private const int Bottom = 34;
    private const int MostPoints = 600;

    /// <param name="title">What it shows, with the unit.</param>
    /// <param name="labels">Under the axis, one for each point.</param>
    /// <param name="series">Lines, each with as many values as there are labels.</param>
    public static string Lines(string title, IReadOnlyList<string> labels, params (string Name, IReadOnlyList<double> Values)[] series)
    {
        var points = labels.Count;
        var top = NiceTop(series.SelectMany(line => line.Values).DefaultIfEmpty().Max());
        var svg = new StringBuilder($"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{WebUtility.HtmlEncode(title)}\">");
        svg.Append($"<text class=\"title\" x=\"{Left}\" y=\"16\">{WebUtility.HtmlEncode(title)}</text>");
        for (var i = 0; i <= 4; i++)
        {
            var y = Y(top * i / 4, top);
            svg.Append($"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{y}\" y2=\"{y}\"/>");
            svg.Append($"<text class=\"axis\" text-anchor=\"end\" x=\"{Left - 6}\" y=\"{y}\" dy=\"4\">{Number(top * i / 4)}</text>");
        }

        var step = Math.Max(1, (points + 9) / 10);
        for (var i = 0; i < points; i += step)
            svg.Append($"<text class=\"axis\" text-anchor=\"middle\" x=\"{X(i, points)}\" y=\"{Height - 12}\">{WebUtility.HtmlEncode(labels[i])}</text>");

        for (var i = 0; i < series.Length; i++)
        {
            var line = Thin(series[i].Values).Select(p => $"{X(p.Index, points)},{Y(p.Value, top)}");
            svg.Append($"<polyline class=\"s{i}\" points=\"{string.Join(' ', line)}\"/>");
            var x = Width - Right - 110 * (series.Length - i);
            svg.Append($"<line class=\"s{i}\" x1=\"{x}\" x2=\"{x + 18}\" y1=\"12\" y2=\"12\"/><text class=\"axis\" x=\"{x + 24}\" y=\"16\">{WebUtility.HtmlEncode(series[i].Name)}</text>");
        }

        return svg.Append("</svg>").ToString();
    }

    /// <summary>Of a long run, the greatest value of each stretch: peaks stay.</summary>
    private static IEnumerable<(int Index, double Value)> Thin(IReadOnlyList<double> values)
    {
        var stretch = (values.Count + MostPoints - 1) / MostPoints;
        for (var i = 0; i < values.Count; i += stretch)
        {
            var greatest = i;
            for (var j = i + 1; j < Math.Min(values.Count, i + stretch); j++)
                if (values[j] > values[greatest])
                    greatest = j;
            yield return (greatest, values[greatest]);
        }
    }

    private static string X(int index, int points) => Number(points < 2 ? Left : Left + (double)(Width - Left - Right) * index / (points - 1));

    private static string Y(double value, double top) => Number(Height - Bottom - (Height - Top - Bottom) * value / top);

    private static double NiceTop(double value)
    {
        if (!(value > 0)) return 1;
        var power = Math.Pow(10, Math.Floor(Math.Log10(value)));
        return new[] { 1, 1.5, 2, 3, 4, 5, 6, 8, 10 }.First(nice => nice * power >= value * 0.999999) * power;
    }

    private static string Number(double value) => value.ToString(Math.Abs(value) >= 100 ? "0.#" : "0.###", CultureInfo.InvariantCulture);
}
