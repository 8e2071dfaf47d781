using System.CommandLine;

namespace Sallyport.Gateway.Cli;

/// <summary><c>jws verify --batch FILE|-</c>: the signature layer alone, one question a line, one answer a line.</summary>
internal static class JwsVerifyVerb
{
    private const int MaxLineBytes = 4 * 1024 * 1024;

    public static Command Command(ConsoleStreams streams)
    {
        var batch = new Option<string>("--batch")
        {
            Description = "Lines of {\"id\": …, \"jwks\": {\"keys\": […]}, \"jws\": \"…\"}; - for standard input.",
            HelpName = "FILE|-",
            Required = true,
        };
        // The answer is JSON in any case.
        var command = new Command("verify", "Checks compact JWS against JWK Sets: header, key, algorithm and signature, nothing else.") { batch, new Option<bool>("--json") { Hidden = true } };
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetRequiredValue(batch), streams, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string batch, ConsoleStreams streams, CancellationToken cancellation)
    {
        Stream input;
        try
        {
            input = batch == "-" ? streams.Input : new FileStream(batch, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0, useAsync: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            await streams.Error.WriteLineAsync($"{Visible.Line(batch)} cannot be read: {Visible.Line(e.Message)}");
            return ExitCode.Usage;
        }

        await using (input)
        {
            try
            {
                await AnswerAsync(input, streams.Output, cancellation);
                return ExitCode.Good;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                await streams.Error.WriteLineAsync($"{Visible.Line(batch)} cannot be read to its end: {Visible.Line(e.Message)}");
                return ExitCode.Usage;
            }
        }
    }

    /// <summary>Answers every line in its order; a bad line is answered like the others, and never ends the batch.</summary>
    internal static async Task AnswerAsync(Stream input, TextWriter output, CancellationToken cancellation)
    {
        var lines = new BoundedLines(input, MaxLineBytes);
        var batch = new JwsBatch();
        await using var answers = new StringWriter();
        var isFirst = true;
        while (await lines.NextAsync(cancellation) is var (line, isTooLong))
        {
            if (isFirst && line.Span.StartsWith("\uFEFF"u8)) line = line[3..];
            isFirst = false;
            if (isTooLong) answers.Write(JwsBatch.MalformedLine);
            else if (line.Span.ContainsAnyExcept(" \t\r"u8)) answers.Write(batch.Answer(line));
            else continue;

            answers.Write('\n');
            // Whoever asks line by line waits for the answer before the next question.
            if (lines.IsNextAtHand && answers.GetStringBuilder().Length < 64 * 1024) continue;
            await Flush();
        }

        await Flush();

        async Task Flush()
        {
            await output.WriteAsync(answers.GetStringBuilder(), cancellation);
            await output.FlushAsync(cancellation);
            answers.GetStringBuilder().Clear();
        }
    }
}
