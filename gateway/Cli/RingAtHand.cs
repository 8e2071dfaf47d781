using Sallyport.Gateway.Keys;
using Sallyport.Gateway.Redis;

namespace Sallyport.Gateway.Cli;

/// <summary>The ring of the configuration at hand, for a verb: it works on the store itself, as one more replica would.</summary>
internal sealed class RingAtHand(RingKeeper keeper, KeyRingOptions options)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public KeyRingOptions Options => options;

    public RingKeeper Keeper => keeper;

    /// <summary>Opens the store and lets <paramref name="work"/> work on it. What keeps it from that is written to standard error.</summary>
    public static async Task<int> WithAsync(
        ConfigurationChoice choice, bool isJson, ConsoleStreams streams, Func<RingAtHand, Task<int>> work, CancellationToken cancellation)
    {
        using var loaded = choice.Load(onReloadMistake: null, out var mistakes);
        if (loaded is null) return VerbServices.Mistaken(streams, mistakes, isJson);
        if (loaded.Options.Issuer is not { Keys: { } options }) return Fail(streams, "No issuer is configured, so there are no keys of our own: see Sallyport.Issuer.");
        if (options.Store == KeyStoreKind.Memory)
            return Fail(streams, "The keys are in the memory of the gateway's process, which nobody else reaches: see Sallyport.Issuer.Keys.Store. Its admin address lists them at /keys.");

        await using var services = VerbServices.Of(loaded.Options, choice, streams.Error);
        try
        {
            if (options.IsInRedis && await ConnectAsync(services, cancellation) is { } away) return Fail(streams, away);
            return await work(new RingAtHand(services.GetRequiredService<RingKeeper>(), options));
        }
        catch (KeyStoreAwayException e)
        {
            return Fail(streams, $"{e.Place ?? "The store of the keys"} does not answer: {e.Message}. If something was to be changed, whether it was is not known: see keys list.");
        }
        catch (InvalidOperationException e)
        {
            return Fail(streams, e.Message);
        }
    }

    /// <summary>Changes the ring in one step; waits for its turn while others do.</summary>
    public async Task<RingOutcome> ChangeAsync(Func<RingDraft, ValueTask<string?>> decide, CancellationToken cancellation)
    {
        for (var waited = TimeSpan.Zero; ; waited += Pause)
        {
            var outcome = await keeper.ChangeAsync(known: null, "operator", decide, cancellation);
            if (outcome.Kind != RingOutcomeKind.Busy) return outcome;
            if (waited >= Patience) return new RingOutcome(RingOutcomeKind.Refused, null, default, "Others change the ring all the time; nothing was changed. Try again.");
            await Task.Delay(Pause, cancellation);
        }
    }

    /// <summary>A change that is decided without waiting for anything.</summary>
    public Task<RingOutcome> ChangeAsync(Func<RingDraft, string?> decide, CancellationToken cancellation) => ChangeAsync(draft => ValueTask.FromResult(decide(draft)), cancellation);

    public static int Fail(ConsoleStreams streams, string problem)
    {
        streams.Error.WriteLine(Visible.Line(problem));
        return ExitCode.Refused;
    }

    private static async Task<string?> ConnectAsync(ServiceProvider services, CancellationToken cancellation)
    {
        var redis = services.GetRequiredService<RedisConnection>();
        await redis.StartAsync(cancellation);
        return redis.IsThere ? null : $"{redis.Problem}. Nothing was changed.";
    }
}
