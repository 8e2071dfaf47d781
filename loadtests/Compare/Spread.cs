using System.Globalization;
using System.Runtime.InteropServices;

namespace Sallyport.LoadTests.Compare;

/// <summary>What rounds gave: their median, their least and their greatest.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Spread(double Median, double Least, double Greatest)
{
    public static Spread Of(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return new((sorted[sorted.Length / 2] + sorted[(sorted.Length - 1) / 2]) / 2, sorted[0], sorted[^1]);
    }

    /// <summary>For example <c>47.5 (45.1..50.2)</c>.</summary>
    public string ToText(string format) => $"{Text(Median, format)} ({Text(Least, format)}..{Text(Greatest, format)})";

    public static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
