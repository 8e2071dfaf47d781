using System.CommandLine;
using Sallyport.Gateway.Attestation;
using Sallyport.Gateway.Audit;
using Sallyport.Gateway.Keys;

namespace Sallyport.Gateway.Cli;

/// <summary><c>attest verify FILE [--archive DIR] [--subject FILE...] [--token T|-] [--trust-bundle FILE]</c>: link by link. With an archive at hand, without network or configuration.</summary>
internal static class AttestVerifyVerb
{
    public static Command Command(SourceOptions sources, ConsoleStreams streams)
    {
        var file = new Argument<string>("FILE") { Description = "The envelope." };
        var archive = new Option<string?>("--archive") { Description = "The archive of our public keys; that of the configuration unless told.", HelpName = "DIR" };
        var subjects = AttestOptions.Subjects("A file that it must speak of; several may follow.");
        var token = AttestOptions.Token("The token that must have authorised it; only its hash is looked at.");
        var bundle = new Option<string?>("--trust-bundle") { Description = "The SPIFFE trust bundle of whoever must have vouched for the key: PEM, or a JWK Set.", HelpName = "FILE" };
        var json = VerbOptions.Json();
        var command = new Command("verify", "Verifies an attestation of ours against the archive of public keys.") { file, archive, subjects, token, bundle, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var isJson = parsed.GetValue(json);
            // The files first: whatever else is wrong, these are named on the command line.
            if (!AttestFiles.TryRead(parsed.GetRequiredValue(file), DsseEnvelope.MaxBytes, out var envelope, out var problem)) return AttestFiles.Fail(streams, problem, ExitCode.Usage);
            var (hashed, unread) = await AttestFiles.HashAsync(parsed.GetValue(subjects) ?? [], cancellation);
            if (unread is not null) return AttestFiles.Fail(streams, unread, ExitCode.Usage);
            byte[]? trusted = null;
            if (parsed.GetValue(bundle) is { } name && !AttestFiles.TryRead(name, KeyIdentity.MaxBundleBytes, out trusted, out problem)) return AttestFiles.Fail(streams, problem, ExitCode.Usage);
            var (archives, code) = parsed.GetValue(archive) is { } directory ? (In(directory), ExitCode.Good) : await AtHandAsync(sources.Read(parsed), streams, isJson);
            if (archives is not var (keys, endorsements)) return code;
            var text = parsed.GetValue(token) is { } argument ? await TokenText.ReadAsync(argument, streams, cancellation) : null;

            var report = new AttestationCheck(keys, trusted is null ? null : new KeyIdentity(trusted, endorsements)).Check(envelope, hashed, text);
            if (isJson) streams.Output.WriteLine(JsonText.Of(writer => AttestReport.WriteTo(writer, report)));
            else AttestReport.Write(streams, report, isSubjectGiven: hashed.Count > 0, isTokenGiven: text is not null);
            return report.State switch { LinkState.Proven => ExitCode.Good, LinkState.Failed => ExitCode.Refused, _ => ExitCode.Unverifiable };
        });
        return command;
    }

    private static (KeyArchive Keys, EndorsementArchive Endorsements)? In(string directory) =>
        (new KeyArchive(Path.Combine(directory, "keys")), new EndorsementArchive(Path.Combine(directory, "endorsements")));

    private static async Task<((KeyArchive Keys, EndorsementArchive Endorsements)? Archives, int Code)> AtHandAsync(ConfigurationChoice choice, ConsoleStreams streams, bool isJson)
    {
        using var loaded = choice.Load(onReloadMistake: null, out var mistakes);
        if (loaded is null) return (null, VerbServices.Mistaken(streams, mistakes, isJson));
        await using var services = VerbServices.Of(loaded.Options, choice);
        return services.GetService<KeyArchive>() is { } keys && services.GetService<EndorsementArchive>() is { } endorsements
            ? ((keys, endorsements), ExitCode.Good)
            : (null, AttestFiles.Fail(streams, "There is no archive in this configuration: give one by --archive.", ExitCode.Usage));
    }
}
