using System.Net;
using Sallyport.Gateway.Redis;
using Sallyport.Gateway.Telemetry;
using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Trust;

/// <summary>The cache of one issuer's remote keys in this process.</summary>
/// <remarks>
/// <code>
///   known kid    -> from the snapshot, without waiting
///   unknown kid  -> join the attempt under way, or begin one if the cooldown lets, and look again
///   soft expiry  -> a background refresh; the snapshot serves on
///   hard expiry  -> the snapshot serves no longer
///   failure      -> the last good snapshot stays; the attempt counts for the cooldown
/// </code>
/// An attempt is shared: it has a time limit of its own, and no caller's cancellation ends it.
/// </remarks>
internal sealed class RemoteKeys : IIssuerKeys
{
    // Repeats for an attempt of somebody else's that began before this token's key was published.
    private const int MostAttempts = 3;
    private const int ImpatientTurns = 1;
    private const int PatientTurns = 2;
    private const int MissesPerAddress = 16;

    private readonly TrustedIssuerOptions _issuer;
    private readonly IReadOnlyList<Algorithm> _allowed;
    private readonly GatewayMetrics _metrics;
    private readonly SharedKeys? _shared;
    private readonly KeySnapshots _snapshots;
    private readonly KeyRefresh _refresh;
    private readonly MissBudget _budget;
    private readonly Lock _lock = new();
    private Task<RefreshOutcome>? _flight;
    private int _looksWanted;
    private int _epochOfLastLook;

    public RemoteKeys(
        TrustedIssuerOptions issuer,
        IReadOnlyList<Algorithm> allowed,
        KeyDownload download,
        SharedKeys? shared,
        TimeProvider clock,
        GatewayMetrics metrics,
        ILogger logger,
        CancellationToken stopping)
    {
        _issuer = issuer;
        _allowed = allowed;
        _metrics = metrics;
        _shared = shared;
        _snapshots = new KeySnapshots(issuer, clock, logger);
        _refresh = new KeyRefresh(issuer, allowed, _snapshots, download, shared, clock, metrics, logger, stopping);
        _budget = new MissBudget(MissesPerAddress, issuer.Keys.Cooldown, clock);
    }

    public KeySet? Current => _snapshots.Current;

    public string Source => _issuer.Keys.Kind switch
    {
        KeySourceKind.JwksUri => $"JWKS at {_issuer.Keys.JwksUri}",
        KeySourceKind.Discovery => $"discovery of {_issuer.Issuer}",
        _ => $"discovery of {_issuer.Issuer}, or its /.well-known/jwks.json",
    };

    public string? Unusable => _snapshots.Usable is null ? LastFailure ?? "no keys fetched yet" : null;

    /// <summary>Why the last attempt failed; null when it did not.</summary>
    public string? LastFailure => _refresh.LastFailure;

    /// <summary>Time until the issuer may be asked again.</summary>
    public TimeSpan CooldownRemaining => _refresh.Remaining;

    /// <summary>The version of the newest shared document that this process took over; 0 for none.</summary>
    public long Version => _snapshots.Version;

    /// <summary>Whether the keys in use are those that the replicas share.</summary>
    public bool IsShared => _snapshots.IsShared;

    /// <summary>What the last attempt brought is on its way to the other replicas; ends when it is there, or is given up.</summary>
    public Task Sharing => _refresh.Sharing;

    /// <summary>What lies in Redis for this issuer; null where nothing is shared.</summary>
    public SharedKeys? Shared => _shared;

    public ValueTask<KeyLookup> FindAsync(string? keyId, Algorithm algorithm, IPAddress? client, CancellationToken cancellation)
    {
        if (_snapshots.Usable is { } set)
        {
            var selection = set.Keys.Select(keyId, algorithm, _allowed);
            if (!WantedKey.IsMiss(selection)) return ValueTask.FromResult(KeyLookup.Of(selection, set));
        }

        return new ValueTask<KeyLookup>(FindAfterFetchAsync(new WantedKey(keyId, algorithm), client, cancellation));
    }

    /// <summary>
    /// Begins, in the background, what is due: a first set, a refresh after the soft expiry, a look at what the replicas share after
    /// messages may have been missed, and agreement with them on what was fetched without them.
    /// </summary>
    public void RefreshIfDue()
    {
        if (_snapshots.Current is null) _ = JoinOrBegin(FetchTrigger.Cold, ImpatientTurns, wanted: null, out _);
        else if (_snapshots.IsDue) _ = JoinOrBegin(FetchTrigger.SoftExpiry, ImpatientTurns, wanted: null, out _);
        else if (_refresh.IsTogether && !_snapshots.IsShared) _ = JoinOrBegin(FetchTrigger.Unshared, ImpatientTurns, wanted: null, out _);
        else if (_shared is { IsThere: true } shared && shared.Epoch != _epochOfLastLook) CatchUp();
    }

    /// <summary>Another replica announced a version, or, with 0, that its attempt has ended.</summary>
    public void Announced(long version)
    {
        _refresh.Announced();
        if (version > _snapshots.Version) CatchUp();
    }

    /// <summary>An attempt that an operator asked for.</summary>
    /// <param name="isForced">Whether the cooldown counts for nothing.</param>
    public async Task<RefreshOutcome> RefreshAsync(bool isForced)
    {
        var flight = JoinOrBegin(FetchTrigger.Operator, isForced ? 0 : ImpatientTurns, wanted: null, out _);
        if (flight is null) return RefreshOutcome.Cooling;
        var outcome = await flight;
        await Sharing;
        return outcome;
    }

    private async Task<KeyLookup> FindAfterFetchAsync(WantedKey wanted, IPAddress? client, CancellationToken cancellation)
    {
        var isCounted = _snapshots.Usable is not null;
        var isWithinBudget = !isCounted || _budget.TrySpend(client);
        for (var attempt = 1; ; attempt++)
        {
            var trigger = Current is null ? FetchTrigger.Cold : _snapshots.Usable is null ? FetchTrigger.HardExpiry : FetchTrigger.UnknownKid;
            // Somebody's only attempt is worth more than a kid that was refused before, or an address that asks for many.
            var isPatient = trigger == FetchTrigger.UnknownKid && (!isWithinBudget || (wanted.KeyId is { } kid && _snapshots.Unknown.Contains(kid)));
            var flight = JoinOrBegin(trigger, isPatient ? PatientTurns : ImpatientTurns, wanted, out var isOurs);
            var outcome = flight is null ? RefreshOutcome.Cooling : await flight.WaitAsync(cancellation);

            if (_snapshots.Usable is { } set)
            {
                var selection = set.Keys.Select(wanted.KeyId, wanted.Algorithm, _allowed);
                if (!WantedKey.IsMiss(selection))
                {
                    if (isCounted) _budget.Refund(client);
                    _metrics.KidMissed(_issuer.Name, "found");
                    return KeyLookup.Of(selection, set);
                }

                // Somebody else's attempt may have begun before this kid was published, or been more patient; the next one is not.
                if (flight is not null && !isOurs && outcome != RefreshOutcome.Failed && attempt < MostAttempts) continue;
                var hasFetched = outcome == RefreshOutcome.Fetched;
                if (hasFetched || LastFailure is null)
                {
                    if (hasFetched && wanted.KeyId is { } unknown) _snapshots.Unknown.Add(unknown);
                    _metrics.KidMissed(_issuer.Name, hasFetched ? "unknown" : "cooling");
                    return KeyLookup.Of(selection, set);
                }
            }

            break;
        }

        // A kid that we could not ask about is no bad token: the issuer is away.
        if (isCounted) _budget.Refund(client);
        _metrics.KidMissed(_issuer.Name, "unavailable");
        throw new KeysUnavailableException(_issuer.Name, _refresh.Remaining);
    }

    private Task<RefreshOutcome>? JoinOrBegin(FetchTrigger trigger, int turns, WantedKey? wanted, out bool isOurs)
    {
        lock (_lock)
        {
            isOurs = false;
            if (_flight is { } flight) return flight;
#pragma warning disable MA0022, RCS1210 // Null is no task here: it says that there is no attempt to wait for.
            // Since the caller looked, an attempt may have ended.
            if (_refresh.IsDone(trigger, wanted)) return null;
            var isTogether = _refresh.IsTogether;
            if (!isTogether && !_refresh.TryBegin(turns)) return null;
#pragma warning restore MA0022, RCS1210
            isOurs = true;
            return _flight = Task.Run(() => FlyAsync(trigger, isTogether, turns, wanted), CancellationToken.None);
        }
    }

    private async Task<RefreshOutcome> FlyAsync(FetchTrigger trigger, bool isTogether, int turns, WantedKey? wanted)
    {
        try
        {
            return await _refresh.RunAsync(trigger, isTogether, turns, wanted);
        }
        finally
        {
            lock (_lock) _flight = null;
            // Off the thread that serves the sockets: whoever waited for the keys checks a signature next.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        }
    }

    // One at a time; what is announced while it runs makes it look once more.
    private void CatchUp()
    {
        if (_shared is not { } shared || Interlocked.Increment(ref _looksWanted) > 1) return;
        _ = Task.Run(LookAsync);

        async Task LookAsync()
        {
            int wanted;
            do
            {
                wanted = Volatile.Read(ref _looksWanted);
                var epoch = shared.Epoch;
                try
                {
                    await _refresh.CatchUpAsync();
                    Volatile.Write(ref _epochOfLastLook, epoch);
                }
                catch (RedisAwayException)
                {
                    // The next beat looks again.
                    Volatile.Write(ref _epochOfLastLook, -1);
                }
            }
            while (Interlocked.CompareExchange(ref _looksWanted, 0, wanted) != wanted);
        }
    }
}
