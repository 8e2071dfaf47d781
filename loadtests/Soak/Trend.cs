using System.Runtime.InteropServices;

namespace Sallyport.LoadTests.Soak;

/// <summary>The straight line that fits points best, by least squares.</summary>
/// <param name="Level">Their mean.</param>
/// <param name="Growth">How much the line rises from the first point to the last; negative where it falls.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Trend(double Level, double Growth)
{
    /// <param name="points">In the order of time; one at least.</param>
    public static Trend Of(IReadOnlyList<(double At, double Value)> points)
    {
        var (middle, level) = (points.Average(p => p.At), points.Average(p => p.Value));
        var spread = points.Sum(p => (p.At - middle) * (p.At - middle));
        var slope = spread > 0 ? points.Sum(p => (p.At - middle) * (p.Value - level)) / spread : 0;
        return new Trend(level, slope * (points[^1].At - points[0].At));
    }
}
