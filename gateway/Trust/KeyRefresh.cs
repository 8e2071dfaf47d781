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
///   3 Fetch   and 4 Share: see KeyFetch
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

    private readonly KeyFetch _fetch = new(issuer, allowed, snapshots, download, shared, new Cooldown(issuer.Keys.Cooldown, clock), metrics, logger, stopping);
    private volatile TaskCompletionSource _announced = NewSignal();
    private long _lastInVain;

    /// <summary>Why the last attempt failed; null when it did not.</summary>
    public string? LastFailure => _fetch.LastFailure;

    /// <summary>Time until the issuer may be asked again.</summary>
    public TimeSpan Remaining => _fetch.Cooldown.Remaining;

    /// <summary>What the last attempt brought is on its way to the others; ends when it is there, or is given up.</summary>
    public Task Sharing => _fetch.Sharing;

    /// <summary>Whether the replicas decide together when the issuer is asked.</summary>
    public bool IsTogether => shared is { IsThere: true };

    /// <summary>Whether this process alone may begin an attempt now; if so, it has begun.</summary>
    public bool TryBegin(int turns) => _fetch.Cooldown.TryBegin(turns);

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
                    if (CanWait(trigger, wanted) || !_fetch.Cooldown.TryBegin(turns)) return RefreshOutcome.Cooling;
                }
            }

            return await _fetch.RunAsync(trigger, wanted, lease: null, seen: null);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return RefreshOutcome.Failed;
        }
#pragma warning disable CA1031 // Nobody may be waiting for this attempt, and whoever is shares it: a bug in it must not be lost, nor end in silence.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _fetch.LastFailure = "an unexpected failure; see the log";
            FetchBroke(e, issuer.Name, trigger.Label());
            return RefreshOutcome.Failed;
        }
    }

    /// <summary>Takes over what the replicas share, if it is newer; asks nobody else.</summary>
    /// <exception cref="RedisAwayException">Redis did not answer.</exception>
    public Task CatchUpAsync() => _fetch.CatchUpAsync();

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
            _fetch.Adopt(seen);
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
                    _fetch.Cooldown.Stamp();
                }
                catch (RedisAwayException)
                {
                    // Perhaps it is taken all the same: then whoever waits for it is told how the attempt ends.
                    metrics.LeaseAsked(issuer.Name, "unavailable");
                    if (CanWait(trigger, wanted) || !_fetch.Cooldown.TryBegin(turns))
                    {
                        _fetch.GiveUp(lease, seen);
                        return RefreshOutcome.Cooling;
                    }
                }

                return await _fetch.RunAsync(trigger, wanted, lease, seen);
            }

            // Of a busy lease nothing is remembered: should Redis go away now, its attempt brings nothing to this process.
            if (seen.Lease!.State != LeaseState.Busy && seen.Lease.Remaining(seen.Now, issuer.Keys.Cooldown) is var rest and > 0)
                _fetch.Cooldown.Observe(TimeSpan.FromMilliseconds(rest));
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
        _fetch.LastFailure = state switch
        {
            LeaseState.Failed => _fetch.LastFailure ?? "the attempt of another replica failed",
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

    private bool IsHere(WantedKey wanted) => snapshots.Usable is { } set && wanted.IsIn(set.Keys, allowed);

    // One look and one try together keep to the bound.
    private static TimeSpan Left(long since, TimeSpan bound) =>
        bound - Stopwatch.GetElapsedTime(since) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(2004, LogLevel.Error, "Fetching keys of issuer {Issuer} broke ({Trigger})")]
    private partial void FetchBroke(Exception exception, string issuer, string trigger);
}
