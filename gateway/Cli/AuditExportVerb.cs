using System.CommandLine;
using System.Globalization;
using System.Text;
using Sallyport.Gateway.Audit;
using Sallyport.Gateway.Proof;

namespace Sallyport.Gateway.Cli;

/// <summary><c>audit export --jsonl [--since T] [--until T] [--to FILE|DIR]</c>: records as they are, or a whole archive.</summary>
internal static class AuditExportVerb
{
    public static Command Command(SourceOptions sources, ConsoleStreams streams)
    {
        var lines = new Option<bool>("--jsonl") { Description = "One record a line, byte for byte as in the trail: the only form that there is." };
        var (since, until) = AuditArguments.Range();
        var to = new Option<string?>("--to") { Description = "A file for the records; or a directory, which is there or ends with a slash, for a whole archive. Standard output unless told.", HelpName = "FILE|DIR" };
        var archive = AuditArguments.Archive();
        var command = new Command("export", "Writes the records of the audit trail.") { lines, since, until, to, archive };
        command.SetAction(async (parsed, cancellation) =>
        {
            if (!AuditArguments.TryRange(parsed, since, until, out var range, out var problem)) return AttestFiles.Fail(streams, problem!, ExitCode.Usage);
            var target = parsed.GetValue(to);
            var isWhole = target is not null && (Directory.Exists(target) || Path.EndsInDirectorySeparator(target));
            if (isWhole && (parsed.GetValue(since) ?? parsed.GetValue(until)) is not null)
                return AttestFiles.Fail(streams, "An archive is exported whole: a part of a trail proves nothing. --since and --until go with a file or standard output.", ExitCode.Usage);
            if (isWhole && Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any()) return AttestFiles.Fail(streams, $"{target} is not empty.", ExitCode.Usage);
            return await AuditSource.WithAsync(
                parsed.GetValue(archive),
                sources.Read(parsed),
                isJson: false,
                streams,
                async (source, directory) =>
                {
                    if (isWhole) return await ArchiveAsync(source, directory, target!, streams, cancellation);
                    var question = new ProofQuestion { Since = range.Since, Until = range.Until };
                    if (target is null) return await LinesAsync(source, question, text => streams.Output.WriteLine(text), streams, cancellation);
                    await using var file = new StreamWriter(OwnFile.Open(target, FileMode.CreateNew), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { NewLine = "\n" };
                    return await LinesAsync(source, question, text => file.WriteLine(text), streams, cancellation);
                },
                cancellation);
        });
        return command;
    }

    private static async Task<int> ArchiveAsync(ITrailSource source, string directory, string target, ConsoleStreams streams, CancellationToken cancellation)
    {
        var records = await ArchiveExport.WriteAsync(source, directory, target, cancellation);
        await streams.Output.WriteLineAsync(Visible.Line(string.Create(CultureInfo.InvariantCulture, $"{target}: {records} records.")));
        return ExitCode.Good;
    }

    // A line that is no record is no export: whoever reads it counts on each being one.
    private static async Task<int> LinesAsync(ITrailSource source, ProofQuestion question, Action<string> write, ConsoleStreams streams, CancellationToken cancellation)
    {
        var damaged = 0;
        await foreach (var piece in source.ReadAsync(cancellation))
        {
            if (piece.IsEnded && !piece.IsTooLong && TrailLine.Read(piece.Bytes.Span) is { } line)
            {
                if (question.IsInRange(line.Record)) write(Encoding.UTF8.GetString(piece.Bytes.Span));
            }
            else if (++damaged == 1)
            {
                await streams.Error.WriteLineAsync(Visible.Line($"{piece.Place} is no record, and was left out: see audit verify."));
            }
        }

        return damaged == 0 ? ExitCode.Good : ExitCode.Refused;
    }
}
