using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Sallyport.Gateway.Admin;
using Sallyport.Gateway.Redis;
using Sallyport.Gateway.Trust;

namespace Sallyport.Gateway.Cli;

/// <summary><c>jwks show [ISSUER]</c>: the keys of trusted issuers, in the running gateway's cache and in Redis. Changes and fetches nothing.</summary>
internal static class JwksShowVerb
{
    public static Command Command(SourceOptions sources, ConsoleStreams streams)
    {
        var issuer = new Argument<string?>("ISSUER") { Description = "The configured name of an issuer; all of them where it is left out.", Arity = ArgumentArity.ZeroOrOne };
        var json = VerbOptions.Json();
        var command = new Command("show", "Shows keys and caches: of the gateway that runs by this configuration, and in Redis.") { issuer, json };
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetValue(issuer), sources.Read(parsed), parsed.GetValue(json), streams, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string? name, ConfigurationChoice choice, bool isJson, ConsoleStreams streams, CancellationToken cancellation)
    {
        using var loaded = choice.Load(onReloadMistake: null, out var mistakes);
        if (loaded is null) return VerbServices.Mistaken(streams, mistakes, isJson);
        if (IssuerName.Unknown(name, loaded.Options, streams)) return ExitCode.Usage;

        await using var services = VerbServices.Of(loaded.Options, choice);
        if (services.GetRequiredService<RunningConfiguration>().Apply(loaded.Options) is { Count: > 0 } unopened)
            return VerbServices.Mistaken(streams, unopened, isJson);
        if (services.GetService<RedisConnection>() is { } redis) await redis.StartAsync(cancellation);

        var (caches, problem) = await RunningProcess.ReadAsync(loaded.Options.Admin.Url, cancellation);
        var shown = new List<(TrustedIssuer Issuer, KeyCacheReport? Process, SharedCacheReport? Redis)>();
        foreach (var issuer in services.GetRequiredService<TrustedIssuers>().Current!.Issuers.Where(issuer => name is null || issuer.Name == name))
        {
            var shared = (issuer.Keys as RemoteKeys)?.Shared is { } place ? await SharedCacheReport.ReadAsync(place, issuer.Options) : null;
            shown.Add((issuer, caches?.FirstOrDefault(cache => cache.Name == issuer.Name), shared));
        }

        if (isJson) streams.Output.WriteLine(JsonText.Of(writer => WriteTo(writer, shown, problem)));
        else Write(streams, shown, problem);
        return ExitCode.Good;
    }

    private static void WriteTo(Utf8JsonWriter writer, List<(TrustedIssuer Issuer, KeyCacheReport? Process, SharedCacheReport? Redis)> shown, string? problem)
    {
        writer.WriteStartObject();
        if (problem is not null) writer.WriteString("processProblem", problem);
        writer.WriteStartArray("issuers");
        foreach (var (issuer, process, redis) in shown)
        {
            writer.WriteStartObject();
            writer.WriteString("name", issuer.Name);
            writer.WriteString("issuer", issuer.Options.Issuer);
            writer.WriteString("source", issuer.Keys.Source);
            writer.WritePropertyName("process");
            JsonSerializer.Serialize(writer, process, AdminJson.Options);
            writer.WritePropertyName("redis");
            JsonSerializer.Serialize(writer, redis, AdminJson.Options);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(ConsoleStreams streams, List<(TrustedIssuer Issuer, KeyCacheReport? Process, SharedCacheReport? Redis)> shown, string? problem)
    {
        if (problem is not null) streams.Error.WriteLine($"Of the process nothing is known: {Visible.Line(problem)}.");
        PlainTable.Write(streams, ["Issuer", "Where", "State", "Version", "Keys", "Fetched", "Next refresh", "Trusted for", "May be asked", "Problem"], shown.SelectMany(Rows));
        streams.Output.WriteLine();
        PlainTable.Write(streams, ["Issuer", "Key", "Type", "Algorithm", "Thumbprint", "Where"], shown.SelectMany(KeyRows));
    }

    private static IEnumerable<string[]> Rows((TrustedIssuer Issuer, KeyCacheReport? Process, SharedCacheReport? Redis) shown)
    {
        if (shown.Process is { } process)
        {
            yield return
            [
                shown.Issuer.Name, "process", process.State.ToString(), Number(process.Version), Number(process.Keys.Count), Ago(process.AgeSeconds), In(process.RefreshInSeconds),
                For(process.TrustEndsInSeconds), process.CooldownSeconds == 0 ? "now" : In(process.CooldownSeconds), process.LastFailure ?? "",
            ];
        }

        if (shown.Redis is { } redis)
        {
            yield return
            [
                shown.Issuer.Name, "Redis", redis.Lease ?? "", Number(redis.Version), Number(redis.Keys.Count), Ago(redis.AgeSeconds), In(redis.RefreshInSeconds),
                For(redis.TrustEndsInSeconds), redis.LeaseSeconds == 0 ? "now" : In(redis.LeaseSeconds), redis.Problem ?? "",
            ];
        }

        if (shown is { Process: null, Redis: null }) yield return [shown.Issuer.Name, "", "", "", "", "", "", "", "", shown.Issuer.Keys.Source];
    }

    private static IEnumerable<string[]> KeyRows((TrustedIssuer Issuer, KeyCacheReport? Process, SharedCacheReport? Redis) shown)
    {
        var (inProcess, inRedis) = (shown.Process?.Keys ?? [], shown.Redis?.Keys ?? []);
        foreach (var key in inProcess.Union(inRedis))
        {
            string[] places = [.. inProcess.Contains(key) ? ["process"] : (string[])[], .. inRedis.Contains(key) ? ["Redis"] : (string[])[]];
            yield return [shown.Issuer.Name, key.Kid ?? "-", key.Kty, key.Alg ?? "-", key.Thumbprint, string.Join(", ", places)];
        }
    }

    private static string Number(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "-";

    private static string Ago(long? seconds) => seconds is { } s ? string.Create(CultureInfo.InvariantCulture, $"{s} s ago") : "-";

    private static string In(long? seconds) => seconds is { } s ? s <= 0 ? "due" : string.Create(CultureInfo.InvariantCulture, $"in {s} s") : "-";

    private static string For(long? seconds) => seconds is { } s ? string.Create(CultureInfo.InvariantCulture, $"{s} s") : "-";
}
