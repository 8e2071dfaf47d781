using System.CommandLine;

namespace Sallyport.Gateway.Cli;

/// <summary><c>keys list</c>: the ring as it lies in its store.</summary>
internal static class KeysListVerb
{
    public static Command Command(SourceOptions sources, ConsoleStreams streams)
    {
        var json = VerbOptions.Json();
        var command = new Command("list", "Lists our own signing keys, the oldest first.") { json };
        command.SetAction((parsed, cancellation) => RingAtHand.WithAsync(
            sources.Read(parsed), parsed.GetValue(json), streams, ring => RunAsync(ring, parsed.GetValue(json), streams, cancellation), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(RingAtHand hand, bool isJson, ConsoleStreams streams, CancellationToken cancellation)
    {
        var (stored, ring, problem) = await hand.Keeper.ReadAsync(cancellation);
        if (ring is null) return RingAtHand.Fail(streams, $"What lies in {hand.Keeper.Store.Place} is not the ring of {hand.Options.Issuer}: {problem}.");
        if (isJson)
        {
            streams.Output.WriteLine(JsonText.Of(writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("issuer", ring.Issuer);
                writer.WriteString("store", hand.Keeper.Store.Place);
                writer.WriteString("now", stored.Now);
                WrittenKeys.WriteMembers(writer, ring);
                writer.WriteEndObject();
            }));
            return ExitCode.Good;
        }

        streams.Output.WriteLine(Visible.Line($"{ring.Issuer}, in {hand.Keeper.Store.Place}"));
        if (ring.Keys.IsEmpty) streams.Output.WriteLine("No keys yet. A gateway makes the first at its start.");
        else WrittenKeys.Write(streams, ring, stored.Now);
        return ExitCode.Good;
    }
}
