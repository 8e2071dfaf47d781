using System.CommandLine;
using Sallyport.Gateway.Keys;
using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Cli;

/// <summary><c>keys prepare [--algorithm ALG]</c>: a successor now, before its time.</summary>
internal static class KeysPrepareVerb
{
    public static Command Command(SourceOptions sources, ConsoleStreams streams)
    {
        var algorithm = new Option<string?>("--algorithm") { Description = "What it signs with; by default what is configured.", HelpName = "ALG" };
        var json = VerbOptions.Json();
        var command = new Command("prepare", "Makes the next key and publishes it. It signs when its time comes, or when it is activated.") { algorithm, json };
        command.Validators.Add(result =>
        {
            if (result.GetValue(algorithm) is { } name && Algorithm.Find(name) is not { IsSymmetric: false })
                result.AddError($"--algorithm is one of {string.Join(", ", Algorithm.All.Where(known => !known.IsSymmetric))}.");
        });
        command.SetAction((parsed, cancellation) => RingAtHand.WithAsync(
            sources.Read(parsed),
            parsed.GetValue(json),
            streams,
            async hand =>
            {
                var wanted = Algorithm.Find(parsed.GetValue(algorithm) ?? hand.Options.Algorithm)!;
                string? kid = null;
                var outcome = await hand.ChangeAsync(
                    async draft =>
                    {
                        (var problem, kid) = await RingCommands.PrepareAsync(draft, wanted, hand.Options, cancellation);
                        return problem;
                    },
                    cancellation);
                var done = outcome.Ring?.Find(kid ?? "") is { } key
                    ? $"Prepared: {kid} ({key.Algorithm}). It may be activated from {At(key.PreparedAt + hand.Options.Lead)}, and signs by itself from {At(key.ActivateAt)}."
                    : "";
                return WrittenKeys.Answer(streams, outcome, parsed.GetValue(json), kid ?? "", done);
            },
            cancellation));
        return command;
    }

    private static string At(DateTimeOffset time) => WrittenRevocation.Written((uint)time.ToUnixTimeSeconds());
}
