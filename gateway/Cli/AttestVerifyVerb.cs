using System.CommandLine;
using Sallyport.Gateway.Attestation;
using Sallyport.Gateway.Audit;

namespace Sallyport.Gateway.Cli;

/// <summary><c>attest verify FILE [--archive DIR] [--subject FILE...] [--token T|-]</c>: link by link. With an archive at hand, without network or configuration.</summary>
internal static class AttestVerifyVerb
{
    public static Command Command(SourceOptions sources, ConsoleStreams streams)
    {
        var file = new Argument<string>("FILE") { Description = "The envelope." };
        var archive = new Option<string?>("--archive") { Description = "The archive of our public keys; that of the configuration unless told.", HelpName = "DIR" };
        var subjects = AttestOptions.Subjects("A file that it must speak of; several may follow.");
        var token = AttestOptions.Token("The token that must have authorised it; only its hash is looked at.");
        var json = VerbOptions.Json();
        var command = new Command("verify", "Verifies an attestation of ours against the archive of public keys.") { file, archive, subjects, token, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var isJson = parsed.GetValue(json);
            var directory = parsed.GetValue(archive);
            if (directory is null && !TryFind(sources.Read(parsed), streams, isJson, out directory, out var code)) return code;
            if (!AttestFiles.TryRead(parsed.GetRequiredValue(file), DsseEnvelope.MaxBytes, out var envelope, out var problem)) return AttestFiles.Fail(streams, problem, ExitCode.Usage);
            var (hashed, unread) = await AttestFiles.HashAsync(parsed.GetValue(subjects) ?? [], cancellation);
            if (unread is not null) return AttestFiles.Fail(streams, unread, ExitCode.Usage);
            var text = parsed.GetValue(token) is { } argument ? await TokenText.ReadAsync(argument, streams, cancellation) : null;

            var report = new AttestationCheck(new KeyArchive(Path.Combine(directory!, "keys"))).Check(envelope, hashed, text);
            if (isJson) streams.Output.WriteLine(JsonText.Of(writer => AttestReport.WriteTo(writer, report)));
            else AttestReport.Write(streams, report, isSubjectGiven: hashed.Count > 0, isTokenGiven: text is not null);
            return report.State switch { LinkState.Proven => ExitCode.Good, LinkState.Failed => ExitCode.Refused, _ => ExitCode.Unverifiable };
        });
        return command;
    }

    private static bool TryFind(ConfigurationChoice choice, ConsoleStreams streams, bool isJson, out string? directory, out int code)
    {
        (directory, code) = (null, ExitCode.Refused);
        using var loaded = choice.Load(onReloadMistake: null, out var mistakes);
        if (loaded is null)
        {
            code = VerbServices.Mistaken(streams, mistakes, isJson);
            return false;
        }

        directory = loaded.Options.Audit.Directory;
        if (directory is null) code = AttestFiles.Fail(streams, "There is no archive in this configuration: give one by --archive.", ExitCode.Usage);
        return directory is not null;
    }
}
