using System.Globalization;

namespace Sallyport.Gateway.Audit;

/// <summary>The files of a trail, one for each UTC day on which something was recorded: <c>2026-11-22.jsonl</c>.</summary>
internal static class DayFiles
{
    private const string Extension = ".jsonl";

    /// <summary>The days of which there are files, the oldest first. Other files do not count.</summary>
    public static List<string> In(string folder)
    {
        List<string> days = [.. Directory.EnumerateFiles(folder, "*" + Extension).Select(Path.GetFileNameWithoutExtension).OfType<string>().Where(IsDay)];
        days.Sort(StringComparer.Ordinal);
        return days;
    }

    public static string PathOf(string folder, string day) => Path.Combine(folder, day + Extension);

    private static bool IsDay(string name) => DateOnly.TryParseExact(name, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);
}
