using System.CommandLine;
using Sallyport.Gateway.Keys;

namespace Sallyport.Gateway.Cli;

/// <summary><c>keys revoke KID --reason R [--emergency]</c>: nobody believes the key any more.</summary>
internal static class KeysRevokeVerb
{
    public static Command Command(SourceOptions sources, ConsoleStreams streams)
    {
        var kid = new Argument<string>("KID") { Description = "A retired key; with --emergency any." };
        var reason = new Option<string>("--reason") { Description = "Why, for people.", HelpName = "TEXT", Required = true };
        var emergency = new Option<bool>("--emergency") { Description = "Replaces an active or prepared key first, in the same step." };
        var unaudited = UnauditedOption.Create();
        var json = VerbOptions.Json();
        var command = new Command("revoke", "Takes a key out of the JWK Set for good: what it signed is refused.") { kid, reason, emergency, unaudited, json };
        command.Validators.Add(result =>
        {
            if (result.GetResult(reason) is { } given && !given.Errors.Any() && (result.GetValue(reason) is not { } text || string.IsNullOrWhiteSpace(text) || text.Length > RingReader.MaxReasonLength))
                result.AddError($"--reason is 1 to {RingReader.MaxReasonLength} characters.");
        });
        command.SetAction((parsed, cancellation) => RingAtHand.WithAsync(
            sources.Read(parsed),
            parsed.GetValue(json),
            streams,
            async hand =>
            {
                var name = parsed.GetRequiredValue(kid);
                string? replacement = null;
                hand.Audit.IsUnauditedAllowed = parsed.GetValue(unaudited);
                var outcome = await hand.ChangeAsync(
                    async draft =>
                    {
                        (var problem, replacement) = await RingCommands.RevokeAsync(draft, name, parsed.GetRequiredValue(reason), hand.Options, parsed.GetValue(emergency), cancellation);
                        return problem;
                    },
                    cancellation);
                var done = $"Revoked: {name}.{(replacement is null ? "" : $" In its place: {replacement}.")} Gateways that share the store refuse it within {hand.Options.Poll}, "
                    + $"verifiers that fetch the JWK Set within {hand.Options.JwksMaxAge}.";
                UnauditedOption.Tell(streams, hand.Audit);
                return WrittenKeys.Answer(streams, outcome, parsed.GetValue(json), name, done, replacement);
            },
            cancellation));
        return command;
    }
}
