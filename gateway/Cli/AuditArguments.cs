using System.CommandLine;
using System.Globalization;

namespace Sallyport.Gateway.Cli;

/// <summary>Options of the audit's verbs.</summary>
internal static class AuditArguments
{
    private static readonly string[] Formats = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    public static Option<string?> Archive() => new("--archive") { Description = "The archive; that of the configuration unless told.", HelpName = "DIR" };

    public static (Option<string?> Since, Option<string?> Until) Range() => (
        new Option<string?>("--since") { Description = "From when on: 2026-11-22, or 2026-11-22T15:00:00Z; UTC unless it says otherwise.", HelpName = "TIME" },
        new Option<string?>("--until") { Description = "Until when, in the same form; a day is meant whole.", HelpName = "TIME" });

    public static bool TryRange(ParseResult parsed, Option<string?> since, Option<string?> until, out (DateTimeOffset Since, DateTimeOffset Until) range, out string? problem)
    {
        range = (DateTimeOffset.MinValue, DateTimeOffset.MaxValue);
        problem = null;
        if (parsed.GetValue(since) is { } from && !TryTime(from, isEnd: false, out range.Since)) problem = $"--since is no time: {from}";
        if (parsed.GetValue(until) is { } to && !TryTime(to, isEnd: true, out range.Until)) problem = $"--until is no time: {to}";
        if (problem is null && range.Until < range.Since) problem = "--until is before --since.";
        return problem is null;
    }

    /// <summary>The archive that was named, or that of the configuration at hand.</summary>
    /// <returns>Null, with what the verb ends with, where there is none; what is wrong was told.</returns>
    public static (string? Directory, int Code) DirectoryOf(string? named, ConfigurationChoice choice, ConsoleStreams streams, bool isJson)
    {
        if (named is not null)
            return Directory.Exists(named) ? (named, ExitCode.Good) : (null, AttestFiles.Fail(streams, $"{named} is not there, or is no directory.", ExitCode.Usage));
        using var loaded = choice.Load(onReloadMistake: null, out var mistakes);
        if (loaded is null) return (null, VerbServices.Mistaken(streams, mistakes, isJson));
        return loaded.Options.Audit.Directory is { } directory
            ? (directory, ExitCode.Good)
            : (null, AttestFiles.Fail(streams, "There is no archive in this configuration: give one by --archive, or see Sallyport.Audit.Directory.", ExitCode.Usage));
    }

    private static bool TryTime(string text, bool isEnd, out DateTimeOffset time)
    {
        var isTime = DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);
        if (isTime && isEnd && text.Length == "yyyy-MM-dd".Length && time < DateTimeOffset.MaxValue.AddDays(-1)) time = time.AddDays(1).AddTicks(-1);
        return isTime;
    }
}
