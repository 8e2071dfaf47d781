using System.CommandLine;
using Sallyport.Gateway.Identity;
using Sallyport.Gateway.Keys;
using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Cli;

/// <summary><c>keys list</c>: the ring as it lies in its store.</summary>
internal static class KeysListVerb
{
    public static Command Command(SourceOptions sources, ConsoleStreams streams)
    {
        var json = VerbOptions.Json();
        var command = new Command("list", "Lists our own signing keys, the oldest first.") { json };
        command.SetAction((parsed, cancellation) => RingAtHand.WithAsync(
            sources.Read(parsed), parsed.GetValue(json), streams, ring => RunAsync(ring, parsed.GetValue(json), streams, cancellation), cancellation, (services, options) => ListSvidAsync(services, options, parsed.GetValue(json), streams, cancellation)));
        return command;
    }

    /// <summary>The SVID that this process is given now: a gateway beside it is given the same, or one of its own.</summary>
    private static async Task<int> ListSvidAsync(IServiceProvider services, KeyRingOptions options, bool isJson, ConsoleStreams streams, CancellationToken cancellation)
    {
        if (await RingAtHand.IdentityAsync(services, cancellation) is not { Current.Svid: { } svid })
            return RingAtHand.Fail(streams, $"There is no SVID to sign with: {services.GetRequiredService<OwnIdentity>().Problem ?? "none came in time"}.");
        var ring = KeyRing.Empty(options.Issuer).Prepare(SpiffeRotation.Entry(
            new Jwk(svid.Public.Material, SpiffeSigner.NameOf(svid), svid.Algorithm), svid.NotAfter, svid.NotBefore, svid.NotBefore));
        var now = TimeProvider.System.GetUtcNow();
        if (isJson)
        {
            streams.Output.WriteLine(JsonText.Of(writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("issuer", options.Issuer);
                writer.WriteString("store", "Spiffe");
                writer.WriteString("now", now);
                WrittenKeys.WriteMembers(writer, ring);
                writer.WriteEndObject();
            }));
            return ExitCode.Good;
        }

        streams.Output.WriteLine(Visible.Line($"{options.Issuer}, signed for by SVIDs. This process is given:"));
        WrittenKeys.Write(streams, ring, now);
        streams.Output.WriteLine("Which key a gateway signs with now is at /keys of its admin address.");
        return ExitCode.Good;
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
