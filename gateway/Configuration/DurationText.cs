using System.Globalization;
using System.Text.RegularExpressions;

namespace Sallyport.Gateway.Configuration;

/// <summary>Durations as the configuration writes them: <c>hh:mm:ss</c> or <c>d.hh:mm:ss</c>, with an optional fraction of a second.</summary>
/// <remarks>Stricter than <see cref="TimeSpan.Parse(string)"/>, which takes <c>"5"</c> for five days and <c>"24:00:00"</c> for twenty-four.</remarks>
internal static partial class DurationText
{
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        return Shape().IsMatch(text) && TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out duration);
    }

    public static string Write(TimeSpan duration) => duration.ToString(duration.Milliseconds == 0 ? "c" : @"hh\:mm\:ss\.fff", CultureInfo.InvariantCulture);

    /// <summary>What to say about text that is no duration.</summary>
    public static string Mend(string text) =>
        text.StartsWith("24:", StringComparison.Ordinal)
            ? "Write a day as \"1.00:00:00\"; hours end at 23."
            : "Write \"hh:mm:ss\" or \"d.hh:mm:ss\", for example \"00:05:00\" for five minutes.";

    [GeneratedRegex(@"^([0-9]{1,5}\.)?[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,7})?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Shape();
}
