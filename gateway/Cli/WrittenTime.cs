using System.Globalization;

namespace Sallyport.Gateway.Cli;

/// <summary>A moment in words: the time in UTC, and how far it is from now.</summary>
internal static class WrittenTime
{
    public static string Of(DateTimeOffset time, DateTimeOffset now)
    {
        var distance = Distance((time - now).Duration());
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{time.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC, {(time >= now ? "in " + distance : distance + " ago")}");
    }

    private static string Distance(TimeSpan span)
    {
        var (count, unit) = span switch
        {
            { TotalMinutes: < 2 } => ((int)span.TotalSeconds, "seconds"),
            { TotalHours: < 2 } => ((int)span.TotalMinutes, "minutes"),
            { TotalDays: < 2 } => ((int)span.TotalHours, "hours"),
            _ => ((int)span.TotalDays, "days"),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? unit.TrimEnd('s') : unit)}");
    }
}
