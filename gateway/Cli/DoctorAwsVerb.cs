using System.CommandLine;
using System.Globalization;
using Sallyport.Gateway.Configuration;

namespace Sallyport.Gateway.Cli;

/// <summary><c>doctor aws [--issuer URL] [--token TOKEN|-]</c>: what AWS STS would refuse, before it does.</summary>
internal static class DoctorAwsVerb
{
    private const string UsualAudience = "sts.amazonaws.com";

    public static Command Command(SourceOptions sources, ConsoleStreams streams, TimeProvider clock)
    {
        var issuer = new Option<string?>("--issuer") { Description = "The issuer; by default that of the configuration.", HelpName = "URL" };
        var audience = new Option<string[]>("--audience") { Description = "A client ID of the provider in IAM; repeatable. By default the audiences of Federation.", HelpName = "AUDIENCE" };
        var token = new Option<string?>("--token") { Description = TokenText.Help, HelpName = "TOKEN|-" };
        var json = VerbOptions.Json();
        var command = new Command("aws", "Reads discovery, keys and a token as AWS STS does, and says what it would refuse.") { issuer, audience, token, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var choice = sources.Read(parsed);
            var isJson = parsed.GetValue(json);
            var (url, audiences) = (parsed.GetValue(issuer), parsed.GetValue(audience) ?? []);
            if (url is null)
            {
                using var loaded = choice.Load(onReloadMistake: null, out var mistakes);
                if (loaded is null) return VerbServices.Mistaken(streams, mistakes, isJson);
                if (loaded.Options.Issuer is not { } own)
                {
                    await streams.Error.WriteLineAsync("The configuration has no Sallyport.Issuer. Name one by --issuer.");
                    return ExitCode.Usage;
                }

                url = own.Issuer;
                if (audiences.Length == 0) audiences = [.. own.Federation.Select(federation => federation.Audience)];
            }

            if (audiences.Length == 0) audiences = [UsualAudience];
            var text = parsed.GetValue(token) is { } argument ? await TokenText.ReadAsync(argument, streams, cancellation) : null;
            using var documents = new AwsDocuments(choice.IsDevelopment);
            var findings = await new AwsExamination(documents, clock).ExamineAsync(url, audiences, text, cancellation);
            if (isJson) WriteJson(streams.Output, url, text is not null, findings);
            else Write(streams.Output, url, text is not null, findings);
            return findings.Count == 0 ? ExitCode.Good : ExitCode.Refused;
        });
        return command;
    }

    private static void Write(TextWriter output, string issuer, bool isTokenRead, IReadOnlyList<Mistake> findings)
    {
        for (var i = 0; i < findings.Count; i++)
        {
            output.WriteLine(Visible.Line(string.Create(CultureInfo.InvariantCulture, $"{i + 1}. {findings[i].Path} {findings[i].Problem}")));
            output.WriteLine(Visible.Line($"   {findings[i].Mend}"));
            output.WriteLine();
        }

        var read = isTokenRead ? "discovery, keys and the token" : "discovery and keys";
        output.WriteLine(Visible.Line(findings.Count == 0
            ? $"Nothing found in {read} of {issuer} that AWS STS would refuse."
            : $"AWS STS would refuse {issuer}. Read: {read}."));
        if (!isTokenRead) output.WriteLine("No token was read: give one by --token.");
    }

    private static void WriteJson(TextWriter output, string issuer, bool isTokenRead, IReadOnlyList<Mistake> findings) => output.WriteLine(JsonText.Of(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("issuer", issuer);
        writer.WriteBoolean("accepted", findings.Count == 0);
        writer.WriteBoolean("tokenRead", isTokenRead);
        writer.WriteStartArray("findings");
        foreach (var (place, problem, mend) in findings)
        {
            writer.WriteStartObject();
            writer.WriteString("place", place);
            writer.WriteString("problem", problem);
            writer.WriteString("mend", mend);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }));
}
