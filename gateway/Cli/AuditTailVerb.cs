using System.CommandLine;
using System.Globalization;
using System.Text;
using Sallyport.Gateway.Audit;

namespace Sallyport.Gateway.Cli;

/// <summary><c>audit tail [-n N] [--follow]</c>: the last records, for people.</summary>
internal static class AuditTailVerb
{
    private const int MostRecords = 10_000;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    public static Command Command(SourceOptions sources, ConsoleStreams streams)
    {
        var number = new Option<int>("-n", "--number") { Description = "How many.", HelpName = "N", DefaultValueFactory = _ => 10 };
        var follow = new Option<bool>("--follow", "-f") { Description = "Goes on with what is recorded from now on, until it is stopped." };
        var archive = AuditArguments.Archive();
        var json = VerbOptions.Json();
        var command = new Command("tail", "Shows the last records of the audit trail.") { number, follow, archive, json };
        command.Validators.Add(result =>
        {
            if (result.GetResult(number) is { Errors: var errors } && !errors.Any() && result.GetValue(number) is < 0 or > MostRecords) result.AddError($"-n is 0 to {MostRecords}.");
        });
        command.SetAction((parsed, cancellation) => AuditSource.WithAsync(
            parsed.GetValue(archive),
            sources.Read(parsed),
            parsed.GetValue(json),
            streams,
            async (source, _) =>
            {
                var isFirst = true;
                while (true)
                {
                    var lines = new List<(TrailLine? Line, string Text)>();
                    await foreach (var piece in source.TailAsync(parsed.GetValue(number), cancellation))
                        lines.Add((piece.IsTooLong ? null : TrailLine.Read(piece.Bytes.Span), Encoding.UTF8.GetString(piece.Bytes.Span)));
                    // Of a file with more lines than are looked at from its end, there may be more.
                    Write(streams, isFirst ? [.. lines.TakeLast(parsed.GetValue(number))] : lines, parsed.GetValue(json), isFirst);
                    isFirst = false;
                    if (!parsed.GetValue(follow)) return ExitCode.Good;
                    try
                    {
                        await Task.Delay(Pause, cancellation);
                    }
                    catch (OperationCanceledException)
                    {
                        return ExitCode.Good;
                    }
                }
            },
            cancellation));
        return command;
    }

    private static void Write(ConsoleStreams streams, List<(TrailLine? Line, string Text)> lines, bool isJson, bool isFirst)
    {
        if (isJson)
        {
            foreach (var (_, text) in lines) streams.Output.WriteLine(Visible.Line(text));
            return;
        }

        if (isFirst) PlainTable.Write(streams, ["Record", "Time", "Event", "Actor", "Key", "Of", "Why"], lines.Select(line => Row(line.Line)));
        else foreach (var (line, _) in lines) streams.Output.WriteLine(Visible.Line(string.Join("  ", Row(line).Where(cell => cell.Length > 0))));
    }

    private static string[] Row(TrailLine? line) => line is null
        ? ["?", "", "no record", "", "", "", "see audit verify"]
        :
        [
            line.Sequence.ToString(CultureInfo.InvariantCulture),
            line.Record.Time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
            line.Record.Event,
            line.Record.Actor ?? "",
            line.Record.KeyId ?? "",
            line.Record.Subject ?? line.Record.TokenId ?? line.Record.SpiffeId ?? "",
            line.Record.Reason ?? line.Record.Detail ?? "",
        ];
}
