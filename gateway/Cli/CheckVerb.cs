using System.CommandLine;
using Sallyport.Gateway.Configuration;

namespace Sallyport.Gateway.Cli;

/// <summary><c>check</c>: says who may pass where, or every mistake of the configuration. Opens local keys, and fetches nothing.</summary>
internal static class CheckVerb
{
    public static Command Command(SourceOptions sources, ConsoleStreams streams)
    {
        var json = VerbOptions.Json();
        var command = new Command("check", "Checks the configuration: who may pass where, or every mistake.") { json };
        command.SetAction(parsed => Run(sources.Read(parsed), parsed.GetValue(json), streams));
        return command;
    }

    private static int Run(ConfigurationChoice choice, bool isJson, ConsoleStreams streams)
    {
        using var loaded = choice.Load(onReloadMistake: null, out var mistakes);
        if (loaded is null) return Mistaken(streams, mistakes, isJson);

        using var services = VerbServices.Of(loaded.Options, choice);
        var unopened = new List<Mistake>();
        var running = services.GetRequiredService<RunningConfiguration>();
        var issuers = running.OpenIssuers(loaded.Options, unopened);
        running.OpenClients(loaded.Options, unopened);
        unopened.AddRange(AuditDirectoryCheck.Check(loaded.Options.Audit));
        if (unopened.Count > 0) return Mistaken(streams, unopened, isJson);

        var report = new CheckReport(choice.EnvironmentName, loaded.Options, issuers);
        if (isJson) streams.Output.WriteLine(JsonText.Of(report.WriteTo));
        else report.Write(streams);
        return ExitCode.Good;
    }

    // What is wrong is the answer here, not a failure to give one.
    private static int Mistaken(ConsoleStreams streams, IReadOnlyList<Mistake> mistakes, bool isJson)
    {
        if (isJson)
        {
            streams.Output.WriteLine(JsonText.Of(writer =>
            {
                writer.WriteStartObject();
                writer.WriteBoolean("valid", false);
                writer.WriteStartArray("mistakes");
                foreach (var (path, problem, mend) in mistakes)
                {
                    writer.WriteStartObject();
                    writer.WriteString("path", path);
                    writer.WriteString("problem", problem);
                    writer.WriteString("mend", mend);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
                writer.WriteEndObject();
            }));
        }
        else
        {
            MistakeReport.Write(streams.Output, mistakes);
        }

        return ExitCode.Refused;
    }
}
