using System.Diagnostics;
using Sallyport.Gateway.Redis;
using Sallyport.Gateway.Telemetry;
using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Trust;

/// <summary>Asks for newer keys of one issuer: other replicas first, then the issuer itself. One attempt at a time, as its caller sees to.</summary>
/// <remarks>
/// <code>
///   1 Read    what the replicas share; newer than ours: adopted
///   2 Lease   free: taken, stamped on the attempt   busy: waited for, bounded   cooling: the end
///   3 Fetch   with a time limit of its own
///   4 Share   the document, unless a later attempt was quicker; the announcement
/// </code>
/// Without Redis, or when it does not answer in time, the cooldown of this process stands in for the lease.
/// </remarks>
internal sealed partial class KeyRefresh(
    TrustedIssuerOptions issuer,
    IReadOnlyList<Algorithm> allowed,
    KeySnapshots snapshots,
    KeyDownload download,
    SharedKeys? shared,
    TimeProvider clock,
    GatewayMetrics metrics,
    ILogger logger,
    CancellationToken stopping)
{
    // Between two looks at Redis that brought nothing: random kids, however many, cost it little.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    // Announcements can be lost.
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(100);

    private readonly Cooldown _cooldown = new(issuer.Keys.Cooldown, clock);
    private volatile TaskCompletionSource _announced = NewSignal();
    private volatile string? _lastFailure;
    private long _lastInVain;
    private string? _reportedUnfit;

    /// <summary>Why the last attempt failed; null when it did not.</summary>
    public string? LastFailure => _lastFailure;

    /// <summary>Time until the issuer may be asked again.</summary>
    public TimeSpan Remaining => _cooldown.Remaining;

    /// <summary>What the last attempt brought is on its way to the others; ends when it is there, or is given up.</summary>
    public Task Sharing { get; private set; } = Task.CompletedTask;

    /// <summary>Whether the replicas decide together when the issuer is asked.</summary>
    public bool IsTogether => shared is { IsThere: true };

    /// <summary>Whether this process alone may begin an attempt now; if so, it has begun.</summary>
    public bool TryBegin(int turns) => _cooldown.TryBegin(turns);

    /// <summary>Another replica says that there is something new, or that its attempt has ended.</summary>
    public void Announced()
    {
        var signal = _announced;
        _announced = NewSignal();
        signal.TrySetResult();
    }

    /// <summary>One attempt; where the replicas do not decide together, after <see cref="TryBegin"/>.</summary>
    /// <param name="trigger">Why.</param>
    /// <param name="isTogether">What <see cref="IsTogether"/> said when it began.</param>
    /// <param name="turns">How many cooldowns must have passed since the last attempt.</param>
    /// <param name="wanted">The key for whose sake; null where there is none.</param>
    public async Task<RefreshOutcome> RunAsync(FetchTrigger trigger, bool isTogether, int turns, WantedKey? wanted)
    {
        try
        {
            if (isTogether)
            {
                try
                {
                    return await TogetherAsync(trigger, turns, wanted);
                }
                catch (RedisAwayException)
                {
                    metrics.LeaseAsked(issuer.Name, "unavailable");
                    if (CanWait(trigger, wanted) || !_cooldown.TryBegin(turns)) return RefreshOutcome.Cooling;
                }
            }

            return await FetchAsync(trigger, wanted, lease: null, seen: null);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return RefreshOutcome.Failed;
        }
#pragma warning disable CA1031 // Nobody may be waiting for this attempt, and whoever is shares it: a bug in it must not be lost, nor end in silence.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _lastFailure = "an unexpected failure; see the log";
            FetchBroke(e, issuer.Name, trigger.Label());
            return RefreshOutcome.Failed;
        }
    }

    /// <summary>Takes over what the replicas share, if it is newer; asks nobody else.</summary>
    /// <exception cref="RedisAwayException">Redis did not answer.</exception>
    public async Task CatchUpAsync()
    {
        if (shared is not null) Adopt(await shared.ReadAsync(snapshots.Version, RedisConnection.BackgroundTimeout));
    }

    private async Task<RefreshOutcome> TogetherAsync(FetchTrigger trigger, int turns, WantedKey? wanted)
    {
        var began = Stopwatch.GetTimestamp();
        var longest = issuer.Keys.Timeout * 2;
        var hasWaited = false;
        if (Stopwatch.GetElapsedTime(Interlocked.Read(ref _lastInVain)) is var since && since < Pause) await Task.Delay(Pause - since, stopping);
        while (true)
        {
            // Taken before the look: what is announced after the look ends the waiting.
            var announced = _announced.Task;

            // 1 Read
            var asked = Stopwatch.GetTimestamp();
            var bound = Bound;
            var seen = await shared!.ReadAsync(snapshots.Version, bound);
            Adopt(seen);
            if (IsDone(trigger, wanted))
            {
                metrics.LeaseAsked(issuer.Name, "adopted");
                return RefreshOutcome.Fetched;
            }

            // 2 Lease
            var remaining = RemainingOf(seen, turns);
            if (remaining <= 0)
            {
                var lease = shared.LeaseAfter(seen, snapshots.Version);
                try
                {
                    if (!await shared.TryTakeAsync(lease, seen, snapshots.Version, Left(asked, bound)))
                    {
                        // Somebody else was first, which cannot go on for long: whoever was, is busy now.
                        if (Stopwatch.GetElapsedTime(began) > longest) throw new RedisAwayException("the lease cannot be taken");
                        continue;
                    }

                    metrics.LeaseAsked(issuer.Name, "taken");
                    _cooldown.Stamp();
                }
                catch (RedisAwayException)
                {
                    // Perhaps it is taken all the same: then whoever waits for it is told how the attempt ends.
                    metrics.LeaseAsked(issuer.Name, "unavailable");
                    if (CanWait(trigger, wanted) || !_cooldown.TryBegin(turns))
                    {
                        Sharing = AwayIsNoMatter(() => shared.ReleaseAsync(lease, seen));
                        return RefreshOutcome.Cooling;
                    }
                }

                return await FetchAsync(trigger, wanted, lease, seen);
            }

            // Of a busy lease nothing is remembered: should Redis go away now, its attempt brings nothing to this process.
            if (seen.Lease!.State != LeaseState.Busy && seen.Lease.Remaining(seen.Now, issuer.Keys.Cooldown) is var rest and > 0)
                _cooldown.Observe(TimeSpan.FromMilliseconds(rest));
            if (seen.Lease.State != LeaseState.Busy || Stopwatch.GetElapsedTime(began) > longest)
            {
                Interlocked.Exchange(ref _lastInVain, Stopwatch.GetTimestamp());
                if (!hasWaited) metrics.LeaseAsked(issuer.Name, "cooling");
                return Conclude(seen.Lease.State, hasWaited);
            }

            if (!hasWaited) metrics.LeaseAsked(issuer.Name, "busy");
            hasWaited = true;
            await Task.WhenAny(announced, Task.Delay(Glance, stopping));
            stopping.ThrowIfCancellationRequested();
        }
    }

    // Who has no keys yet waits for the issuer anyway, and would ask it twice by asking too soon.
    private TimeSpan Bound => snapshots.Current is null && shared!.Timeout < RedisConnection.BackgroundTimeout ? RedisConnection.BackgroundTimeout : shared!.Timeout;

    // In the background there is a next beat, which finds Redis there again, or knows that it is away.
    private bool CanWait(FetchTrigger trigger, WantedKey? wanted) => wanted is null && trigger != FetchTrigger.Operator && snapshots.Usable is not null;

    private long RemainingOf(SharedState seen, int turns)
    {
        if (seen.Lease is not { } lease) return 0;
        // The document that the attempt brought is gone, or somebody put another in its place, and nothing serves here.
        if (lease.State == LeaseState.Vain && !seen.HasDocument && snapshots.Usable is null) return 0;
        return lease.Remaining(seen.Now, issuer.Keys.Cooldown * turns);
    }

    /// <summary>What another replica's attempt means for this one.</summary>
    private RefreshOutcome Conclude(LeaseState state, bool hasWaited)
    {
        _lastFailure = state switch
        {
            LeaseState.Failed => _lastFailure ?? "the attempt of another replica failed",
            LeaseState.Busy => "the attempt of another replica does not end",
            _ => null,
        };
        if (state != LeaseState.Vain) return RefreshOutcome.Failed;
        return hasWaited ? RefreshOutcome.Fetched : RefreshOutcome.Cooling;
    }

    /// <summary>
    /// Whether there is nothing left to ask for: what was due or wanted is here, whoever brought it. An announcement makes this
    /// process look too, and that look may have been quicker than the attempt's own.
    /// </summary>
    public bool IsDone(FetchTrigger trigger, WantedKey? wanted) => trigger switch
    {
        FetchTrigger.Operator => false,
        FetchTrigger.Unshared => snapshots.IsShared,
        _ => wanted is null ? !snapshots.IsDue : IsHere(wanted),
    };

    private void Adopt(SharedState seen)
    {
        if (seen.Unfit is { } unfit && Convert.ToHexString(unfit) is var name && name != _reportedUnfit)
        {
            // Once for each: whoever can write there can do so often.
            _reportedUnfit = name;
            metrics.LeaseAsked(issuer.Name, "unfit");
            DocumentUnfit(issuer.Name);
        }

        if (seen.Newer is { } newer && snapshots.TryAdopt(newer, seen.Now)) _lastFailure = null;
    }

    private async Task<RefreshOutcome> FetchAsync(FetchTrigger trigger, WantedKey? wanted, SharedLease? lease, SharedState? seen)
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
            _lastFailure = null;

            // A miss gives its stamp back only if the fetch brought its key; others are not misses.
            var isVain = trigger == FetchTrigger.UnknownKid && !(wanted is not null && wanted.IsIn(fetched.Keys, allowed));
            if (!isVain) _cooldown.Release();
            // Whoever waits has what it waits for.
            if (lease is not null) Sharing = ShareAsync(fetched, lease, seen!, seen!.Now + (long)Stopwatch.GetElapsedTime(began).TotalMilliseconds, isVain);
            return RefreshOutcome.Fetched;
        }
        catch (KeyFetchException e)
        {
            outcome = e.Outcome;
            _lastFailure = e.Message;
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

    private bool IsHere(WantedKey wanted) => snapshots.Usable is { } set && wanted.IsIn(set.Keys, allowed);

    // One look and one try together keep to the bound.
    private static TimeSpan Left(long since, TimeSpan bound) =>
        bound - Stopwatch.GetElapsedTime(since) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(2002, LogLevel.Warning, "Fetching keys of issuer {Issuer} failed ({Trigger}, {Outcome}): {Problem}")]
    private partial void FetchFailed(string issuer, string trigger, string outcome, string problem);

    [LoggerMessage(2004, LogLevel.Error, "Fetching keys of issuer {Issuer} broke ({Trigger})")]
    private partial void FetchBroke(Exception exception, string issuer, string trigger);

    [LoggerMessage(2005, LogLevel.Error, "In Redis, in the place of issuer {Issuer}'s keys, lies something that no replica with our MAC keys wrote. It is not believed")]
    private partial void DocumentUnfit(string issuer);
}
