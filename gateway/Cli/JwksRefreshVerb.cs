using System.CommandLine;
using System.Globalization;
using Sallyport.Gateway.Redis;
using Sallyport.Gateway.Trust;

namespace Sallyport.Gateway.Cli;

/// <summary><c>jwks refresh ISSUER [--force]</c>: fetches an issuer's keys now, for the whole fleet, as one more replica would.</summary>
internal static class JwksRefreshVerb
{
    public static Command Command(SourceOptions sources, ConsoleStreams streams)
    {
        var issuer = new Argument<string>("ISSUER") { Description = "The configured name of the issuer." };
        var force = new Option<bool>("--force") { Description = "Asks the issuer even if it was asked less than a cooldown ago." };
        var json = VerbOptions.Json();
        var command = new Command("refresh", "Fetches an issuer's keys now, and hands them to every gateway that shares the same Redis.") { issuer, force, json };
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed.GetRequiredValue(issuer), parsed.GetValue(force), sources.Read(parsed), parsed.GetValue(json), streams, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string name, bool isForced, ConfigurationChoice choice, bool isJson, ConsoleStreams streams, CancellationToken cancellation)
    {
        using var loaded = choice.Load(onReloadMistake: null, out var mistakes);
        if (loaded is null) return VerbServices.Mistaken(streams, mistakes, isJson);
        if (IssuerName.Unknown(name, loaded.Options, streams)) return ExitCode.Usage;

        await using var services = VerbServices.Of(loaded.Options, choice);
        if (services.GetRequiredService<RunningConfiguration>().Apply(loaded.Options) is { Count: > 0 } unopened)
            return VerbServices.Mistaken(streams, unopened, isJson);
        var issuer = services.GetRequiredService<TrustedIssuers>().Current!.Issuers.Single(known => known.Name == name);

        var (isDone, told) = await RefreshAsync(issuer, services.GetService<RedisConnection>(), isForced, cancellation);
        if (isJson) streams.Output.WriteLine(JsonText.Of(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("issuer", name);
            writer.WriteBoolean("refreshed", isDone);
            writer.WriteString("detail", told);
            if (issuer.Keys is RemoteKeys { IsShared: true, Version: var version }) writer.WriteNumber("version", version);
            writer.WriteEndObject();
        }));
        else (isDone ? streams.Output : streams.Error).WriteLine(Visible.Line(told));
        return isDone ? ExitCode.Good : ExitCode.Refused;
    }

    private static async Task<(bool IsDone, string Told)> RefreshAsync(TrustedIssuer issuer, RedisConnection? redis, bool isForced, CancellationToken cancellation)
    {
        if (issuer.Keys is not RemoteKeys keys) return (false, $"The keys of {issuer.Name} are not fetched: they come from {issuer.Keys.Source}.");
        if (redis is null) return (false, "This gateway shares nothing (Sallyport:Redis is not configured): its keys are in its own process, which refreshes them by itself.");
        await redis.StartAsync(cancellation);
        if (redis.Problem is { } problem) return (false, $"{problem}. Nothing was fetched: the gateways could not be told.");

        var outcome = await keys.RefreshAsync(isForced).WaitAsync(cancellation);
        var again = string.Create(CultureInfo.InvariantCulture, $"It may be asked again in {Math.Ceiling(keys.CooldownRemaining.TotalSeconds)} s; --force does not wait.");
        return outcome switch
        {
            RefreshOutcome.Cooling => (false, $"{issuer.Name} was asked less than a cooldown ago. {again}"),
            RefreshOutcome.Failed => (false, $"Fetching the keys of {issuer.Name} failed: {keys.LastFailure}. {again}"),
            _ when !keys.IsShared => (false, $"The keys of {issuer.Name} were fetched, but Redis did not take them: the gateways still have theirs."),
            _ => (true, string.Create(
                CultureInfo.InvariantCulture,
                $"{issuer.Name}: {keys.Current!.Keys.Keys.Count} keys, version {keys.Version}, from {keys.Source}. Every gateway that shares this Redis takes them over.")),
        };
    }
}
