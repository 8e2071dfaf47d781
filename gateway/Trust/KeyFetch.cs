using System.Diagnostics;
using Sallyport.Gateway.Redis;
using Sallyport.Gateway.Telemetry;
using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Trust;

/// <summary>Steps 3 and 4 of <see cref="KeyRefresh"/>: the fetch itself, and what it brought on its way to the other replicas; and what they brought.</summary>
/// <param name="cooldown">Of this process.</param>
internal sealed partial class KeyFetch(
    TrustedIssuerOptions issuer,
    IReadOnlyList<Algorithm> allowed,
    KeySnapshots snapshots,
    KeyDownload download,
    SharedKeys? shared,
    Cooldown cooldown,
    GatewayMetrics metrics,
    ILogger logger,
    CancellationToken stopping)
{
    private volatile string? _lastFailure;
    private string? _reportedUnfit;

    /// <summary>Why the last attempt failed; null when it did not.</summary>
    public string? LastFailure
    {
        get => _lastFailure;
        set => _lastFailure = value;
    }

    /// <summary>The least time between attempts of this process.</summary>
    public Cooldown Cooldown => cooldown;

    /// <summary>What the last attempt brought is on its way to the others; ends when it is there, or is given up.</summary>
    public Task Sharing { get; private set; } = Task.CompletedTask;

    /// <summary>Takes over what the replicas share, if it is newer; asks nobody else.</summary>
    /// <exception cref="RedisAwayException">Redis did not answer.</exception>
    public async Task CatchUpAsync()
    {
        if (shared is not null) Adopt(await shared.ReadAsync(snapshots.Version, RedisConnection.BackgroundTimeout));
    }

    /// <summary>Takes over what was read in Redis, if it is newer.</summary>
    public void Adopt(SharedState seen)
    {
        if (seen.Unfit is { } unfit && Convert.ToHexString(unfit) is var name && name != _reportedUnfit)
        {
            // Once for each: whoever can write there can do so often.
            _reportedUnfit = name;
            metrics.LeaseAsked(issuer.Name, "unfit");
            DocumentUnfit(issuer.Name);
        }

        if (seen.Newer is { } newer && snapshots.TryAdopt(newer, seen.Now)) LastFailure = null;
    }

    /// <summary>One fetch.</summary>
    /// <param name="trigger">Why.</param>
    /// <param name="wanted">The key for whose sake; null where there is none.</param>
    /// <param name="lease">The right to it; null where the replicas do not decide together.</param>
    /// <param name="seen">What lay in Redis when the lease was taken.</param>
    public async Task<RefreshOutcome> RunAsync(FetchTrigger trigger, WantedKey? wanted, SharedLease? lease, SharedState? seen)
    {
        using var activity = GatewayActivity.Source.StartActivity("jwks.fetch", ActivityKind.Client);
        activity?.SetTag("sallyport.issuer", issuer.Name).SetTag("sallyport.trigger", trigger.Label());
        var began = Stopwatch.GetTimestamp();
        var outcome = "bug";
        try
        {
            // 3 Fetch
            var fetched = await download.FetchAsync(issuer, stopping);
            outcome = snapshots.Take(fetched, lease?.Fence) ? "changed" : "unchanged";
            LastFailure = null;

            // A miss gives its stamp back only if the fetch brought its key; others are not misses.
            var isVain = trigger == FetchTrigger.UnknownKid && !(wanted is not null && wanted.IsIn(fetched.Keys, allowed));
            if (!isVain) Cooldown.Release();
            // Whoever waits has what it waits for.
            if (lease is not null) Sharing = ShareAsync(fetched, lease, seen!, seen!.Now + (long)Stopwatch.GetElapsedTime(began).TotalMilliseconds, isVain);
            return RefreshOutcome.Fetched;
        }
        catch (KeyFetchException e)
        {
            outcome = e.Outcome;
            LastFailure = e.Message;
            FetchFailed(issuer.Name, trigger.Label(), e.Outcome, e.Message);
            if (lease is not null) Sharing = AwayIsNoMatter(() => shared!.FailAsync(lease, seen!));
            return RefreshOutcome.Failed;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            outcome = "stopped";
            return RefreshOutcome.Failed;
        }
        finally
        {
            activity?.SetTag("sallyport.outcome", outcome);
            metrics.Fetched(issuer.Name, trigger.Label(), outcome);
        }
    }

    // 4 Share
    private async Task ShareAsync(FetchedKeys fetched, SharedLease lease, SharedState seen, long fetchedAt, bool isVain)
    {
        var document = new SharedDocument(
            fetched.Document,
            lease.Fence,
            fetchedAt,
            fetchedAt + (long)snapshots.SoftExpiryOf(fetched).TotalMilliseconds,
            fetchedAt + (long)issuer.Keys.MaxStale.TotalMilliseconds);
        try
        {
            if (await shared!.PublishAsync(lease, document, isVain, seen)) return;
            // The attempt took longer than its lease, and another one was quicker.
            metrics.LeaseAsked(issuer.Name, "lost");
            await CatchUpAsync();
        }
        catch (RedisAwayException)
        {
            snapshots.IsShared = false;
            metrics.LeaseAsked(issuer.Name, "unavailable");
        }
    }

    /// <summary>Gives back a lease that may have been taken, should Redis ever answer.</summary>
    public void GiveUp(SharedLease lease, SharedState seen) => Sharing = AwayIsNoMatter(() => shared!.ReleaseAsync(lease, seen));

    // The lease ends by itself, only later.
    private static async Task AwayIsNoMatter(Func<Task> action)
    {
        try
        {
            await action();
        }
        catch (RedisAwayException)
        {
            // What was to be said there, nobody hears now.
        }
    }

    [LoggerMessage(2002, LogLevel.Warning, "Fetching keys of issuer {Issuer} failed ({Trigger}, {Outcome}): {Problem}")]
    private partial void FetchFailed(string issuer, string trigger, string outcome, string problem);

    [LoggerMessage(2005, LogLevel.Error, "In Redis, in the place of issuer {Issuer}'s keys, lies something that no replica with our MAC keys wrote. It is not believed")]
    private partial void DocumentUnfit(string issuer);
}
