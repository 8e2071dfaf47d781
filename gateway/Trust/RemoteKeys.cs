using System.Diagnostics;
using System.Net;
using Sallyport.Gateway.Telemetry;
using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Trust;

/// <summary>The cache of one issuer's remote keys in this process.</summary>
/// <remarks>
/// <code>
///   known kid    -> from the snapshot, without waiting
///   unknown kid  -> join the fetch under way, or begin one if the cooldown lets, and look again
///   soft expiry  -> a background refresh; the snapshot serves on
///   hard expiry  -> the snapshot serves no longer
///   failure      -> the last good snapshot stays; the attempt counts for the cooldown
/// </code>
/// A fetch is shared: it has a time limit of its own, and no caller's cancellation ends it.
/// </remarks>
internal sealed partial class RemoteKeys : IIssuerKeys
{
    private static readonly TimeSpan LeastMaxAge = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan MostMaxAge = TimeSpan.FromHours(1);

    // One repeat for a fetch that began before this token's key was published.
    private const int MostAttempts = 2;
    private const int ImpatientTurns = 1;
    private const int PatientTurns = 2;
    private const int MissesPerAddress = 16;

    private readonly TrustedIssuerOptions _issuer;
    private readonly IReadOnlyList<Algorithm> _allowed;
    private readonly KeyDownload _download;
    private readonly TimeProvider _clock;
    private readonly GatewayMetrics _metrics;
    private readonly ILogger _logger;
    private readonly Cooldown _cooldown;
    private readonly UnknownKids _unknown = new();
    private readonly MissBudget _budget;
    private readonly Lock _lock = new();
    private readonly CancellationToken _stopping;
    private Task<bool>? _flight;
    private volatile KeySet? _current;
    private volatile string? _lastFailure;
    private IReadOnlyList<IgnoredJwk> _ignored = [];

    public RemoteKeys(
        TrustedIssuerOptions issuer,
        IReadOnlyList<Algorithm> allowed,
        KeyDownload download,
        TimeProvider clock,
        GatewayMetrics metrics,
        ILogger logger,
        CancellationToken stopping)
    {
        _issuer = issuer;
        _allowed = allowed;
        _download = download;
        _clock = clock;
        _metrics = metrics;
        _logger = logger;
        _stopping = stopping;
        _cooldown = new Cooldown(issuer.Keys.Cooldown, clock);
        _budget = new MissBudget(MissesPerAddress, issuer.Keys.Cooldown, clock);
    }

    public KeySet? Current => _current;

    public string Source => _issuer.Keys.Kind switch
    {
        KeySourceKind.JwksUri => $"JWKS at {_issuer.Keys.JwksUri}",
        KeySourceKind.Discovery => $"discovery of {_issuer.Issuer}",
        _ => $"discovery of {_issuer.Issuer}, or its /.well-known/jwks.json",
    };

    public string? Unusable => Usable(_current) is null ? _lastFailure ?? "no keys fetched yet" : null;

    /// <summary>Why the last fetch failed; null when it did not.</summary>
    public string? LastFailure => _lastFailure;

    public ValueTask<KeyLookup> FindAsync(string? keyId, Algorithm algorithm, IPAddress? client, CancellationToken cancellation)
    {
        if (Usable(_current) is { } set)
        {
            var selection = set.Keys.Select(keyId, algorithm, _allowed);
            if (!IsMiss(selection)) return ValueTask.FromResult(KeyLookup.Of(selection, set));
        }

        return new ValueTask<KeyLookup>(FindAfterFetchAsync(keyId, algorithm, client, cancellation));
    }

    /// <summary>Begins a refresh in the background if the set is missing or past its soft expiry, and the cooldown lets.</summary>
    public void RefreshIfDue()
    {
        var set = _current;
        if (set is null) _ = JoinOrBegin(FetchTrigger.Cold, ImpatientTurns, wanted: null, out _);
        else if (_clock.GetTimestamp() >= set.SoftExpiry) _ = JoinOrBegin(FetchTrigger.SoftExpiry, ImpatientTurns, wanted: null, out _);
    }

    private async Task<KeyLookup> FindAfterFetchAsync(string? keyId, Algorithm algorithm, IPAddress? client, CancellationToken cancellation)
    {
        var isCounted = Usable(_current) is not null;
        var isWithinBudget = !isCounted || _budget.TrySpend(client);
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            var before = _current;
            var trigger = before is null ? FetchTrigger.Cold : Usable(before) is null ? FetchTrigger.HardExpiry : FetchTrigger.UnknownKid;
            // Somebody's only fetch is worth more than a kid that was refused before, or an address that asks for many.
            var isPatient = trigger == FetchTrigger.UnknownKid && (!isWithinBudget || (keyId is not null && _unknown.Contains(keyId)));
            var flight = JoinOrBegin(trigger, isPatient ? PatientTurns : ImpatientTurns, (keyId, algorithm), out var isOurs);
            var hasFetched = flight is not null && await flight.WaitAsync(cancellation);

            if (Usable(_current) is { } set)
            {
                var selection = set.Keys.Select(keyId, algorithm, _allowed);
                if (!IsMiss(selection))
                {
                    if (isCounted) _budget.Refund(client);
                    _metrics.KidMissed(_issuer.Name, "found");
                    return KeyLookup.Of(selection, set);
                }

                // Somebody else's fetch may have begun before this kid was published; the next one cannot have.
                if (hasFetched && !isOurs && attempt + 1 < MostAttempts) continue;
                if (hasFetched || _lastFailure is null)
                {
                    if (hasFetched && keyId is not null) _unknown.Add(keyId);
                    _metrics.KidMissed(_issuer.Name, hasFetched ? "unknown" : "cooling");
                    return KeyLookup.Of(selection, set);
                }
            }

            break;
        }

        // A kid that we could not ask about is no bad token: the issuer is away.
        if (isCounted) _budget.Refund(client);
        _metrics.KidMissed(_issuer.Name, "unavailable");
        throw new KeysUnavailableException(_issuer.Name, _cooldown.Remaining);
    }

    private Task<bool>? JoinOrBegin(FetchTrigger trigger, int turns, (string? KeyId, Algorithm Algorithm)? wanted, out bool isOurs)
    {
        lock (_lock)
        {
            isOurs = false;
            if (_flight is { } flight) return flight;
#pragma warning disable MA0022, RCS1210 // Null is no task here: it says that there is no fetch to wait for.
            if (!_cooldown.TryBegin(turns)) return null;
#pragma warning restore MA0022, RCS1210
            isOurs = true;
            return _flight = Task.Run(() => FetchAsync(trigger, wanted), CancellationToken.None);
        }
    }

    private async Task<bool> FetchAsync(FetchTrigger trigger, (string? KeyId, Algorithm Algorithm)? wanted)
    {
        using var activity = GatewayActivity.Source.StartActivity("jwks.fetch", ActivityKind.Client);
        activity?.SetTag("sallyport.issuer", _issuer.Name).SetTag("sallyport.trigger", trigger.Label());
        var outcome = "bug";
        try
        {
            var fetched = await _download.FetchAsync(_issuer, _stopping);
            outcome = Publish(fetched) ? "changed" : "unchanged";
            _lastFailure = null;

            // A miss gives its stamp back only if the fetch brought its key; others are not misses.
            if (trigger != FetchTrigger.UnknownKid || (wanted is { } w && !IsMiss(fetched.Keys.Select(w.KeyId, w.Algorithm, _allowed))))
                _cooldown.Release();
            return true;
        }
        catch (KeyFetchException e)
        {
            outcome = e.Outcome;
            _lastFailure = e.Message;
            FetchFailed(_issuer.Name, trigger.Label(), e.Outcome, e.Message);
            return false;
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            outcome = "stopped";
            return false;
        }
#pragma warning disable CA1031 // Nobody may be waiting for this fetch, and whoever is shares it: a bug in it must not be lost, nor end in silence.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _lastFailure = "an unexpected failure; see the log";
            FetchBroke(e, _issuer.Name, trigger.Label());
            return false;
        }
        finally
        {
            activity?.SetTag("sallyport.outcome", outcome);
            _metrics.Fetched(_issuer.Name, trigger.Label(), outcome);
            lock (_lock) _flight = null;
        }
    }

    /// <returns>Whether the keys are others than before.</returns>
    private bool Publish(FetchedKeys fetched)
    {
        var now = _clock.GetTimestamp();
        var soft = fetched.MaxAge is { } maxAge
            ? TimeSpan.FromTicks(Math.Clamp(maxAge.Ticks, LeastMaxAge.Ticks, MostMaxAge.Ticks))
            : _issuer.Keys.SoftExpiry;
        if (soft > _issuer.Keys.MaxStale) soft = _issuer.Keys.MaxStale;
        // Replicas that started together do not refresh together.
        soft *= 0.9 + (0.1 * Random.Shared.NextDouble());

        var before = _current;
        // The same keys stay the same object: tokens verified by them stay verified.
        var isSame = before is not null && before.HasKeysOf(fetched.Keys);
        _current = new KeySet(isSame ? before!.Keys : fetched.Keys, now, After(now, soft), After(now, _issuer.Keys.MaxStale));
        if (!isSame)
        {
            _unknown.Clear();
            KeysChanged(_issuer.Name, fetched.Keys.Keys.Count, fetched.Address);
        }

        // A bad key that joins good ones changes nothing that serves, but somebody waits for it to serve.
        foreach (var ignored in fetched.Keys.Ignored.Except(_ignored)) KeyIgnored(_issuer.Name, Printable.Of(ignored.KeyId), ignored.Reason);
        _ignored = fetched.Keys.Ignored;
        return !isSame;
    }

    private KeySet? Usable(KeySet? set) => set is not null && _clock.GetTimestamp() < set.HardExpiry ? set : null;

    private long After(long timestamp, TimeSpan time) => timestamp + (long)(time.TotalSeconds * _clock.TimestampFrequency);

    private static bool IsMiss(KeySelection selection) => ReferenceEquals(selection.Fault, TokenFault.KidUnknown);

    [LoggerMessage(2001, LogLevel.Information, "Keys of issuer {Issuer} changed: {Count} usable, from {Address}")]
    private partial void KeysChanged(string issuer, int count, Uri address);

    [LoggerMessage(2002, LogLevel.Warning, "Fetching keys of issuer {Issuer} failed ({Trigger}, {Outcome}): {Problem}")]
    private partial void FetchFailed(string issuer, string trigger, string outcome, string problem);

    [LoggerMessage(2004, LogLevel.Error, "Fetching keys of issuer {Issuer} broke ({Trigger})")]
    private partial void FetchBroke(Exception exception, string issuer, string trigger);

    [LoggerMessage(2003, LogLevel.Warning, "Key {Kid} of issuer {Issuer} is ignored: {Reason}")]
    private partial void KeyIgnored(string issuer, string kid, string reason);
}
