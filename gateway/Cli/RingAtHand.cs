using Sallyport.Gateway.Audit;
using Sallyport.Gateway.Identity;
using Sallyport.Gateway.Keys;
using Sallyport.Gateway.Redis;

namespace Sallyport.Gateway.Cli;

/// <summary>The ring of the configuration at hand, for a verb: it works on the store itself, as one more replica would.</summary>
internal sealed class RingAtHand(RingKeeper keeper, KeyRingOptions options, AuditTrail audit)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public KeyRingOptions Options => options;

    public RingKeeper Keeper => keeper;

    public AuditTrail Audit => audit;

    /// <summary>Opens the store and lets <paramref name="work"/> work on it. What keeps it from that is written to standard error.</summary>
    /// <param name="choice">Which configuration.</param>
    /// <param name="isJson">Whether mistakes are told to a machine.</param>
    /// <param name="streams">Where all that goes.</param>
    /// <param name="work">Works on the ring.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <param name="svids">Works on the identity where SVIDs sign; null for what only a ring allows. Then the ring is only read, without an identity.</param>
    public static async Task<int> WithAsync(
        ConfigurationChoice choice,
        bool isJson,
        ConsoleStreams streams,
        Func<RingAtHand, Task<int>> work,
        CancellationToken cancellation,
        Func<IServiceProvider, KeyRingOptions, Task<int>>? svids = null)
    {
        using var loaded = choice.Load(onReloadMistake: null, out var mistakes);
        if (loaded is null) return VerbServices.Mistaken(streams, mistakes, isJson);
        if (loaded.Options.Issuer is not { Keys: { } options }) return Fail(streams, "No issuer is configured, so there are no keys of our own: see Sallyport.Issuer.");
        if (options.Store == KeyStoreKind.Spiffe && svids is null)
            return Fail(streams, "This workload's own SVIDs sign (Sallyport.Issuer.Keys.Store is Spiffe): whoever issues them replaces and ends them, and no verb does. A gateway's admin address lists their keys at /keys.");
        if (options.Store == KeyStoreKind.Memory)
            return Fail(streams, "The keys are in the memory of the gateway's process, which nobody else reaches: see Sallyport.Issuer.Keys.Store. Its admin address lists them at /keys.");

        await using var services = VerbServices.Of(loaded.Options, choice, streams.Error);
        try
        {
            if (options.Store == KeyStoreKind.Spiffe) return await svids!(services, options);
            // What it makes should be endorsed at once; if nobody is there to do it, a gateway does.
            if (svids is null) await IdentityAsync(services, cancellation);
            if ((options.IsInRedis || loaded.Options.Audit.Sink == AuditSinkKind.Redis) && await ConnectAsync(services, cancellation) is { } away) return Fail(streams, away);
            return await work(new RingAtHand(services.GetRequiredService<RingKeeper>(), options, services.GetRequiredService<AuditTrail>()));
        }
        catch (KeyStoreAwayException e)
        {
            return Fail(streams, $"{e.Place ?? "The store of the keys"} does not answer: {e.Message}. If something was to be changed, whether it was is not known: see keys list.");
        }
        catch (AuditUnavailableException e)
        {
            return Fail(streams, $"Nothing was changed, because it cannot be recorded: {e.Message}.");
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

    /// <summary>Asks for the identity of this process, and waits for it a while.</summary>
    /// <returns>Null where none is configured, or none came.</returns>
    public static async Task<OwnIdentity?> IdentityAsync(IServiceProvider services, CancellationToken cancellation)
    {
        if (services.GetService<IdentitySource>() is not { } source) return null;
        await source.StartAsync(cancellation);
        return await source.WaitAsync(Patience / 4, cancellation) ? services.GetRequiredService<OwnIdentity>() : null;
    }

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
