using System.CommandLine;
using Sallyport.Gateway.Keys;

namespace Sallyport.Gateway.Cli;

/// <summary><c>keys activate KID [--emergency]</c>: a prepared key signs from now on, once verifiers had the time to see it.</summary>
internal static class KeysActivateVerb
{
    public static Command Command(SourceOptions sources, ConsoleStreams streams)
    {
        var kid = new Argument<string>("KID") { Description = "The prepared key." };
        var emergency = new Option<bool>("--emergency") { Description = "Does not wait until verifiers have seen it." };
        var json = VerbOptions.Json();
        var command = new Command("activate", "Lets a prepared key sign from now on, and retires the one before.") { kid, emergency, json };
        command.SetAction((parsed, cancellation) => RingAtHand.WithAsync(
            sources.Read(parsed),
            parsed.GetValue(json),
            streams,
            async hand =>
            {
                var name = parsed.GetRequiredValue(kid);
                var outcome = await hand.ChangeAsync(draft => RingCommands.Activate(draft, name, hand.Options, parsed.GetValue(emergency)), cancellation);
                return WrittenKeys.Answer(streams, outcome, parsed.GetValue(json), name, $"Active: {name}. Every gateway signs with it within {hand.Options.Poll}.");
            },
            cancellation));
        return command;
    }
}
