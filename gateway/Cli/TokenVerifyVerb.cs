using System.CommandLine;
using Sallyport.Gateway.Trust;
using Sallyport.Gateway.Verification;
using Sallyport.Policies;

namespace Sallyport.Gateway.Cli;

/// <summary><c>token verify TOKEN|- [--issuer NAME | --archive DIR]</c>: by the very verifier of the gateway, under the configuration at hand.</summary>
internal static class TokenVerifyVerb
{
    public static Command Command(SourceOptions sources, ConsoleStreams streams)
    {
        var token = new Argument<string>("TOKEN") { Description = TokenText.Help };
        var issuer = new Option<string?>("--issuer") { Description = "The configured name of the issuer whose token it must be.", HelpName = "NAME" };
        var archive = new Option<string?>("--archive")
        {
            Description = "Verifies a token of our own, however old, against this archive of public keys, and nothing else.",
            HelpName = "DIR",
        };
        var json = VerbOptions.Json();
        var command = new Command("verify", "Verifies a token as the gateway does; may fetch the issuer's keys.") { token, issuer, archive, json };
        command.Validators.Add(result =>
        {
            if (result.GetResult(issuer) is not null && result.GetResult(archive) is not null) result.AddError("--issuer does not go with --archive, which names issuers itself.");
        });
        command.SetAction((parsed, cancellation) => parsed.GetValue(archive) is { } directory
            ? CheckAsync(parsed.GetRequiredValue(token), directory, parsed.GetValue(json), streams, cancellation)
            : RunAsync(parsed.GetRequiredValue(token), parsed.GetValue(issuer), sources.Read(parsed), parsed.GetValue(json), streams, cancellation));
        return command;
    }

    private static async Task<int> CheckAsync(string argument, string directory, bool isJson, ConsoleStreams streams, CancellationToken cancellation)
    {
        var text = await TokenText.ReadAsync(argument, streams, cancellation);
        return ArchiveCheck.Run(text, directory, isJson, streams, TimeProvider.System.GetUtcNow());
    }

    private static async Task<int> RunAsync(string argument, string? issuer, ConfigurationChoice choice, bool isJson, ConsoleStreams streams, CancellationToken cancellation)
    {
        using var loaded = choice.Load(onReloadMistake: null, out var mistakes);
        if (loaded is null) return VerbServices.Mistaken(streams, mistakes, isJson);
        if (IssuerName.Unknown(issuer, loaded.Options, streams)) return ExitCode.Usage;

        await using var services = VerbServices.Of(loaded.Options, choice);
        if (services.GetRequiredService<RunningConfiguration>().Apply(loaded.Options) is { Count: > 0 } unopened)
            return VerbServices.Mistaken(streams, unopened, isJson);

        await SharedRevocations.LoadAsync(services, streams, cancellation);
        var text = await TokenText.ReadAsync(argument, streams, cancellation);
        var outcome = await VerifyAsync(services, text, issuer, cancellation);
        if (isJson) streams.Output.WriteLine(JsonText.Of(outcome.WriteTo));
        else outcome.Write(streams.Output, services.GetRequiredService<TimeProvider>().GetUtcNow());
        return outcome.Principal is null ? ExitCode.Refused : ExitCode.Good;
    }

    private static async Task<VerifyOutcome> VerifyAsync(ServiceProvider services, string token, string? issuer, CancellationToken cancellation)
    {
        var trust = services.GetRequiredService<TrustedIssuers>().Current;
        try
        {
            var verdict = await services.GetRequiredService<TokenVerifier>().VerifyAsync(token, trust, client: null, cancellation);
            if (verdict.Token is not { } verified)
                return VerifyOutcome.Refused(verdict.Fault!.Code, verdict.Fault.Detail, verdict.Step.ToString(), KeyNote.Of(verdict));
            return issuer is null || verified.Issuer.Name == issuer
                ? VerifyOutcome.Accepted(verified)
                : VerifyOutcome.Refused(DenialReason.IssuerNotAllowed, $"The token is good, but of issuer '{verified.Issuer.Name}', not of '{issuer}'.", "Issuer", note: null);
        }
        catch (KeysUnavailableException e)
        {
            var keys = trust?.Issuers.FirstOrDefault(known => known.Name == e.IssuerName)?.Keys;
            return VerifyOutcome.Refused("keys_unavailable", e.Message, nameof(VerificationStep.Key), keys?.Unusable);
        }
    }
}
