using System.Globalization;
using System.Text.RegularExpressions;

namespace Sallyport.LoadTests.Calibrate;

/// <summary>Runs hey, whose workers each hold a part of the rate.</summary>
internal static partial class Hey
{
    public static async Task<Reading> RunAsync(string program, string url, double rate, CalibrationShape shape, CancellationToken cancellation)
    {
        var each = (rate / shape.Connections).ToString("0.###", CultureInfo.InvariantCulture);
        var said = await Tool.RunAsync(program, ["-z", $"{shape.Seconds}s", "-c", $"{shape.Connections}", "-q", each, url], cancellation);
        var answers = Status().Matches(said).ToDictionary(status => status.Groups["code"].Value, status => (long)Number(status.Groups["count"]), StringComparer.Ordinal);
        var errors = answers.Where(status => status.Key != "200").Sum(status => status.Value) + (said.Contains("Error distribution", StringComparison.Ordinal) ? 1 : 0);
        return new Reading(Number(Rate().Match(said).Groups["rate"]), Milliseconds(said, "50"), Milliseconds(said, "99"), errors);
    }

    /// <summary>hey says "99% in 0.0012 secs", and some versions "99%% in".</summary>
    private static double Milliseconds(string said, string percentile) =>
        1_000 * Number(Percentile().Matches(said).FirstOrDefault(line => line.Groups["percent"].Value == percentile)?.Groups["seconds"]
            ?? throw new InvalidDataException($"hey said:\n{said}"));

    private static double Number(Group group) => double.Parse(group.Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"Requests/sec:\s+(?<rate>[\d.]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Rate();

    [GeneratedRegex(@"(?<percent>\d+)%+ in (?<seconds>[\d.]+) secs", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Percentile();

    [GeneratedRegex(@"\[(?<code>\d+)\]\s+(?<count>\d+) responses", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Status();
}
