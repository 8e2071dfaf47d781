using System.CommandLine;
using Sallyport.Gateway.Redis;
using Sallyport.Gateway.Revocation;

namespace Sallyport.Gateway.Cli;

/// <summary><c>revocations list</c>: what lies in Redis, the newest first.</summary>
internal sealed class RevocationsListVerb(SourceOptions sources, ConsoleStreams streams)
{
    private const int Slice = 1_000;
    private const int UsualLimit = 1_000;

    private readonly Option<string?> _issuer = new("--issuer") { Description = "Of this issuer only, by its configured name.", HelpName = "NAME" };
    private readonly Option<int?> _limit = new("--limit") { Description = "The most that are shown; by default 1000.", HelpName = "N" };
    private readonly Option<bool> _json = VerbOptions.Json();

    public static Command Command(SourceOptions sources, ConsoleStreams streams)
    {
        var verb = new RevocationsListVerb(sources, streams);
        var command = new Command("list", "Lists the revocations in Redis, the newest first.") { verb._issuer, verb._limit, verb._json };
        command.Validators.Add(result =>
        {
            if (result.GetResult(verb._limit) is { } given && !given.Errors.Any() && result.GetValue(verb._limit) is < 1 or > 100_000) result.AddError("--limit is a number from 1 to 100000.");
        });
        command.SetAction(verb.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var isJson = parsed.GetValue(_json);
        var choice = sources.Read(parsed);
        using var loaded = choice.Load(onReloadMistake: null, out var mistakes);
        if (loaded is null) return VerbServices.Mistaken(streams, mistakes, isJson);
        var name = parsed.GetValue(_issuer);
        if (IssuerName.Unknown(name, loaded.Options, streams)) return ExitCode.Usage;
        var iss = loaded.Options.TrustedIssuers.FirstOrDefault(known => known.Name == name)?.Issuer;

        await using var services = VerbServices.Of(loaded.Options, choice);
        if (await SharedRevocations.ConnectAsync(services, cancellation) is { } away) return await Fail(away, ExitCode.Refused);
        var listing = new RevocationListing(parsed.GetValue(_limit) ?? UsualLimit, iss);
        try
        {
            await ReadAsync(services, listing, cancellation);
        }
        catch (RedisAwayException e)
        {
            return await Fail($"Redis: {e.Message}.", ExitCode.Refused);
        }

        if (isJson) streams.Output.WriteLine(JsonText.Of(writer => listing.WriteTo(writer, loaded.Options)));
        else listing.Write(streams, loaded.Options);
        return ExitCode.Good;
    }

    private static async Task ReadAsync(ServiceProvider services, RevocationListing listing, CancellationToken cancellation)
    {
        var (store, seal) = (services.GetRequiredService<RevocationStore>(), services.GetRequiredService<RecordSeal>());
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeSeconds();
        var overview = await store.ReadOverviewAsync(now);
        var lengths = await store.ReadLengthsAsync(overview.Ends);
        for (var i = 0; i < lengths.Length; i++)
        {
            for (var from = 0L; from < lengths[i]; from += Slice)
            {
                cancellation.ThrowIfCancellationRequested();
                foreach (var element in await store.ReadSliceAsync(overview.Ends[i], from, Slice))
                {
                    var bytes = (ReadOnlyMemory<byte>)element;
                    if (!seal.TryOpen(bytes.Span, out var record)) listing.Ignore();
                    else if (record.Expires > now) listing.Add(record);
                }
            }
        }
    }

    private async Task<int> Fail(string problem, int code)
    {
        await streams.Error.WriteLineAsync(Visible.Line(problem));
        return code;
    }
}
