using System.CommandLine;

namespace Sallyport.Gateway.Cli;

/// <summary><c>keys reseal</c>: all private keys under the first key-encryption key, so that the others can go.</summary>
internal static class KeysResealVerb
{
    public static Command Command(SourceOptions sources, ConsoleStreams streams)
    {
        var json = VerbOptions.Json();
        var command = new Command("reseal", "Seals every private key with the first key-encryption key.") { json };
        command.SetAction((parsed, cancellation) => RingAtHand.WithAsync(
            sources.Read(parsed),
            parsed.GetValue(json),
            streams,
            async hand =>
            {
                var outcome = await hand.ChangeAsync(draft => draft.Ring.Keys.IsEmpty ? "There is no ring yet. A gateway makes it at its start." : draft.Reseal(), cancellation);
                return WrittenKeys.Answer(streams, outcome, parsed.GetValue(json), "", "Resealed. The other key-encryption keys are needed no more, once every gateway has the first.");
            },
            cancellation));
        return command;
    }
}
