using System.CommandLine;
using Sallyport.Gateway.Attestation;
using Sallyport.Gateway.Identity;
using Sallyport.Gateway.Proof;

namespace Sallyport.Gateway.Cli;

/// <summary><c>audit verify</c>: link by link. With an archive at hand, without network or configuration.</summary>
internal static class AuditVerifyVerb
{
    public static Command Command(SourceOptions sources, ConsoleStreams streams)
    {
        var token = new Option<string?>("--token") { Description = "The token to prove. - reads it from standard input.", HelpName = "TOKEN|-" };
        var tokenId = new Option<string?>("--jti") { Description = "The jti of the token to prove, where the token itself is not at hand.", HelpName = "JTI" };
        var (since, until) = AuditArguments.Range();
        var archive = AuditArguments.Archive();
        var bundle = new Option<string?>("--trust-bundle") { Description = "The SPIFFE trust bundle to believe: PEM, or a JWK Set.", HelpName = "FILE" };
        var spiffeId = new Option<string?>("--spiffe-id") { Description = "Which identity must have vouched for the keys; whichever the trail names unless told.", HelpName = "ID" };
        var checkpoint = new Option<string?>("--checkpoint") { Description = "Checkpoints that were kept elsewhere, one a line: each must stand in this trail.", HelpName = "FILE" };
        var json = VerbOptions.Json();
        var command = new Command("verify", "Proves what was signed, by which key, and who vouched for it.") { token, tokenId, since, until, archive, bundle, spiffeId, checkpoint, json };
        command.Validators.Add(result =>
        {
            var ofOne = new Option[] { token, tokenId }.Count(option => result.GetResult(option) is not null);
            if (ofOne > 1) result.AddError("--token and --jti do not go together.");
            if (ofOne > 0 && (result.GetResult(since) is not null || result.GetResult(until) is not null)) result.AddError("--since and --until do not go with one token.");
        });
        command.SetAction(async (parsed, cancellation) =>
        {
            var isJson = parsed.GetValue(json);
            if (!AuditArguments.TryRange(parsed, since, until, out var range, out var problem)) return AttestFiles.Fail(streams, problem!, ExitCode.Usage);
            TrustBundleFile? trusted = null;
            if (parsed.GetValue(bundle) is { } bundleName)
            {
                if (!AttestFiles.TryRead(bundleName, TrustBundleFile.MaxBytes, out var bytes, out problem)) return AttestFiles.Fail(streams, problem, ExitCode.Usage);
                trusted = TrustBundleFile.Read(bytes, out problem);
                if (trusted is null) return AttestFiles.Fail(streams, $"{bundleName} is no trust bundle: {problem}.", ExitCode.Usage);
            }

            SpiffeId? expected = null;
            if (parsed.GetValue(spiffeId) is { } named && !SpiffeId.TryParse(named, out expected, out problem)) return AttestFiles.Fail(streams, $"--spiffe-id is none: {problem}.", ExitCode.Usage);
            KeptCheckpoints? kept = null;
            if (parsed.GetValue(checkpoint) is { } checkpointName)
            {
                if (!AttestFiles.TryRead(checkpointName, KeptCheckpoints.MaxBytes, out var bytes, out problem)) return AttestFiles.Fail(streams, problem, ExitCode.Usage);
                problem = KeptCheckpoints.Read(bytes, out kept);
                if (problem is not null) return AttestFiles.Fail(streams, $"{checkpointName}: {problem}", ExitCode.Usage);
            }

            var (directory, code) = AuditArguments.DirectoryOf(parsed.GetValue(archive), sources.Read(parsed), streams, isJson);
            if (directory is null) return code;
            var text = parsed.GetValue(token) is { } argument ? await TokenText.ReadAsync(argument, streams, cancellation) : null;
            var report = text is not null && ReadToken.Read(text, out var reason, out var detail) is null
                ? Unread(reason, detail)
                : await new AuditProof(directory, Question(text, parsed.GetValue(tokenId), range), trusted, expected, kept).RunAsync(cancellation);
            if (isJson) streams.Output.WriteLine(JsonText.Of(writer => AuditReport.WriteTo(writer, report)));
            else AuditReport.Write(streams, report);
            return report.State switch { LinkState.Proven => ExitCode.Good, LinkState.Failed => ExitCode.Refused, _ => ExitCode.Unverifiable };
        });
        return command;
    }

    private static ProofQuestion Question(string? text, string? tokenId, (DateTimeOffset Since, DateTimeOffset Until) range) =>
        new() { Token = text is null ? null : ReadToken.Read(text, out _, out _), TokenId = tokenId, Since = range.Since, Until = range.Until };

    private static ProofReport Unread(string reason, string detail)
    {
        var link = new ProofLink(LinkName.Token, LinkState.Failed, reason, detail);
        return new ProofReport { Links = [link], Problems = [link] };
    }
}
