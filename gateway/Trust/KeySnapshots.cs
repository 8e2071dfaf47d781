using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Trust;

/// <summary>The snapshot of one issuer's keys in this process, and how one follows another.</summary>
/// <remarks>
/// The same keys stay the same object from one snapshot to the next: tokens verified by them stay verified. Versions only grow;
/// a set of a lower version never takes the place of one of a higher.
/// </remarks>
internal sealed partial class KeySnapshots(TrustedIssuerOptions issuer, TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan LeastMaxAge = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan MostMaxAge = TimeSpan.FromHours(1);

    // What two replicas' clocks, or one's and that of Redis, may differ by before anything depends on it.
    private static readonly TimeSpan MostSkew = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();
    private volatile KeySet? _current;
    private IReadOnlyList<IgnoredJwk> _ignored = [];
    private long _version;

    /// <summary>Kids that the snapshot does not hold though it was fetched for them.</summary>
    public UnknownKids Unknown { get; } = new();

    public KeySet? Current => _current;

    /// <summary>The version of the newest shared document that was taken over; 0 for none.</summary>
    public long Version => Interlocked.Read(ref _version);

    /// <summary>Whether the snapshot is the shared document of <see cref="Version"/>, not one that this process fetched for itself.</summary>
    public bool IsShared { get; set; }

    public KeySet? Usable => _current is { } set && clock.GetTimestamp() < set.HardExpiry ? set : null;

    public bool IsDue => _current is not { } set || clock.GetTimestamp() >= set.SoftExpiry;

    /// <summary>How long the answer is good before a refresh is due.</summary>
    public TimeSpan SoftExpiryOf(FetchedKeys fetched)
    {
        var soft = fetched.MaxAge is { } maxAge
            ? TimeSpan.FromTicks(Math.Clamp(maxAge.Ticks, LeastMaxAge.Ticks, MostMaxAge.Ticks))
            : issuer.Keys.SoftExpiry;
        return soft > issuer.Keys.MaxStale ? issuer.Keys.MaxStale : soft;
    }

    /// <summary>Takes over what this process fetched.</summary>
    /// <param name="version">The version that the replicas know it by; null where none is there to know it.</param>
    /// <returns>Whether the keys are others than before.</returns>
    public bool Take(FetchedKeys fetched, long? version)
    {
        lock (_lock)
        {
            // While the attempt lasted, somebody else's later one ended.
            if (version < _version) return false;
            if (version is { } known) Interlocked.Exchange(ref _version, known);
            IsShared = version is not null;
            return Publish(fetched.Keys, fetched.Address.ToString(), TimeSpan.Zero, SoftExpiryOf(fetched), issuer.Keys.MaxStale);
        }
    }

    /// <summary>Takes over what another replica fetched, unless it is older than what is here, too old, or none that this process would have taken.</summary>
    /// <param name="now">Unix milliseconds by the clock of Redis.</param>
    public bool TryAdopt(SharedDocument document, long now)
    {
        if (!JwkSet.TryParse(document.Document, issuer.Keys.MaxKeys, out var keys, out _) || keys.Keys.Count == 0) return false;
        lock (_lock)
        {
            if (document.Version <= _version) return false;
            var age = AgeOf(document, now);
            var hard = Min(TimeSpan.FromMilliseconds(document.HardExpiry - document.FetchedAt), issuer.Keys.MaxStale);
            var soft = Min(TimeSpan.FromMilliseconds(document.SoftExpiry - document.FetchedAt), hard);
            if (age >= hard || soft < TimeSpan.Zero) return false;
            // Fetched for ourselves while Redis was away, and later: the replicas will agree on a newer one yet.
            if (_current is { } own && !IsShared && age > clock.GetElapsedTime(own.FetchedAt)) return false;

            Interlocked.Exchange(ref _version, document.Version);
            IsShared = true;
            Publish(keys, "another replica", age, soft, hard);
            return true;
        }
    }

    // By the clock of Redis alone, as long as it agrees with our own to minutes: nobody who owns Redis can make old keys young.
    private TimeSpan AgeOf(SharedDocument document, long now)
    {
        var byRedis = TimeSpan.FromMilliseconds(now - document.FetchedAt);
        var byOwn = TimeSpan.FromMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds() - document.FetchedAt) - MostSkew;
        var age = byRedis > byOwn ? byRedis : byOwn;
        return age > TimeSpan.Zero ? age : TimeSpan.Zero;
    }

    private bool Publish(JwkSet keys, string source, TimeSpan age, TimeSpan soft, TimeSpan hard)
    {
        var fetchedAt = After(clock.GetTimestamp(), -age);
        // Replicas that took the same document over do not refresh it together.
        soft *= 0.9 + (0.1 * Random.Shared.NextDouble());
        var before = _current;
        var isSame = before is not null && before.HasKeysOf(keys);
        _current = new KeySet(isSame ? before!.Keys : keys, fetchedAt, After(fetchedAt, soft), After(fetchedAt, hard));
        if (!isSame)
        {
            Unknown.Clear();
            KeysChanged(issuer.Name, keys.Keys.Count, source);
        }

        // A bad key that joins good ones changes nothing that serves, but somebody waits for it to serve.
        foreach (var ignored in keys.Ignored.Except(_ignored)) KeyIgnored(issuer.Name, Printable.Of(ignored.KeyId), ignored.Reason);
        _ignored = keys.Ignored;
        return !isSame;
    }

    private long After(long timestamp, TimeSpan time) => timestamp + (long)(time.TotalSeconds * clock.TimestampFrequency);

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    [LoggerMessage(2001, LogLevel.Information, "Keys of issuer {Issuer} changed: {Count} usable, from {Source}")]
    private partial void KeysChanged(string issuer, int count, string source);

    [LoggerMessage(2003, LogLevel.Warning, "Key {Kid} of issuer {Issuer} is ignored: {Reason}")]
    private partial void KeyIgnored(string issuer, string kid, string reason);
}
