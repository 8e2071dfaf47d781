using System.CommandLine;
using Sallyport.Gateway.Keys;

namespace Sallyport.Gateway.Cli;

/// <summary><c>keys retire KID</c>: takes back a prepared key.</summary>
internal static class KeysRetireVerb
{
    public static Command Command(SourceOptions sources, ConsoleStreams streams)
    {
        var kid = new Argument<string>("KID") { Description = "The prepared key." };
        var json = VerbOptions.Json();
        var command = new Command("retire", "Takes back a prepared key. The active one is retired by activating another.") { kid, json };
        command.SetAction((parsed, cancellation) => RingAtHand.WithAsync(
            sources.Read(parsed),
            parsed.GetValue(json),
            streams,
            async hand =>
            {
                var name = parsed.GetRequiredValue(kid);
                var outcome = await hand.ChangeAsync(draft => RingCommands.Retire(draft, name), cancellation);
                return WrittenKeys.Answer(streams, outcome, parsed.GetValue(json), name, $"Dropped: {name}. It never signed.");
            },
            cancellation));
        return command;
    }
}
