using System.Diagnostics.Metrics;

namespace Sallyport.Gateway.Telemetry;

/// <summary>The meter <c>Sallyport</c>. Labels are configured names and fixed codes, never a kid or a subject.</summary>
internal sealed class GatewayMetrics : IDisposable
{
    public const string MeterName = "Sallyport";

    // Seconds, from a cached verdict (microseconds) to a fetch of keys that had to be waited for.
    private static readonly double[] DurationBounds =
        [0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _decisions;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _fetches;
    private readonly Counter<long> _kidMisses;
    private readonly Counter<long> _cacheRequests;
    private readonly Counter<long> _headersStripped;
    private readonly Counter<long> _reloads;
    private readonly Counter<long> _leases;
    private readonly Histogram<double> _redisDuration;
    private readonly Counter<long> _redisErrors;
    private readonly Counter<long> _revocationsIgnored;
    private readonly Counter<long> _tokensIssued;
    private readonly Histogram<double> _signDuration;
    private readonly Counter<long> _identityUpdates;
    private readonly Histogram<double> _kmsDuration;
    private readonly Counter<long> _auditRecords;
    private readonly Counter<long> _auditLost;
    private readonly Counter<long> _auditFailures;
    private readonly Histogram<double> _auditFlush;
    private readonly Histogram<int> _auditBatch;

    public GatewayMetrics()
    {
        _decisions = _meter.CreateCounter<long>("gateway.auth.decisions", "{request}", "Decisions of the gate.");
        _duration = Duration("gateway.auth.duration", "Time from the request's arrival at the gate to its decision.");
        _fetches = _meter.CreateCounter<long>("gateway.jwks.fetches", "{fetch}", "Fetches of a trusted issuer's keys.");
        _kidMisses = _meter.CreateCounter<long>("gateway.jwks.kid_misses", "{token}", "Tokens whose kid the set at hand did not hold.");
        _cacheRequests = _meter.CreateCounter<long>("gateway.cache.requests", "{lookup}", "Look-ups in a cache.");
        _headersStripped = _meter.CreateCounter<long>("gateway.headers.stripped", "{header}", "Identity headers that clients sent and upstreams never saw.");
        _reloads = _meter.CreateCounter<long>("gateway.config.reloads", "{reload}", "Changed configurations, taken or refused.");
        _leases = _meter.CreateCounter<long>("gateway.jwks.lease", "{request}", "Requests for the lease on fetching an issuer's keys, which the replicas share.");
        _redisDuration = Duration("gateway.redis.operation.duration", "Time that an operation on Redis took.");
        _redisErrors = _meter.CreateCounter<long>("gateway.redis.errors", "{operation}", "Operations on Redis that failed.");
        _revocationsIgnored = _meter.CreateCounter<long>("gateway.revocation.ignored", "{record}", "Records among the revocations in Redis that are malformed or not authentic.");
        _tokensIssued = _meter.CreateCounter<long>("gateway.issuer.tokens", "{token}", "Tokens that were asked of the issuer.");
        _signDuration = Duration("gateway.issuer.sign.duration", "Time that one signature took.");
        _identityUpdates = _meter.CreateCounter<long>("gateway.identity.updates", "{update}", "Attempts at an identity of this process.");
        _kmsDuration = Duration("gateway.kms.duration", "Time that an operation on AWS KMS took.");
        _auditRecords = _meter.CreateCounter<long>("gateway.audit.records", "{record}", "Records that the audit has taken.");
        _auditLost = _meter.CreateCounter<long>("gateway.audit.lost", "{record}", "Records of refusals that were lost, because the trail could not be written.");
        _auditFailures = _meter.CreateCounter<long>("gateway.audit.failures", "{write}", "Writes to the audit trail that failed.");
        _auditFlush = Duration("gateway.audit.flush.duration", "Time that it took to write records to the audit trail durably.");
        _auditBatch = _meter.CreateHistogram(
            "gateway.audit.batch.size",
            "{record}",
            "Records that one write to the audit trail took.",
            tags: null,
            new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024] });
    }

    private Histogram<double> Duration(string name, string description) =>
        _meter.CreateHistogram(name, "s", description, tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = DurationBounds });

    /// <summary>Whether anyone listens to durations: taking the time is left out otherwise.</summary>
    public bool IsDurationWanted => _duration.Enabled;

    public void Decided(string issuer, string route, string result, string reason)
    {
        if (!_decisions.Enabled) return;
        _decisions.Add(1, new("issuer", issuer), new("route", route), new("result", result), new KeyValuePair<string, object?>("reason", reason));
    }

    public void DecisionTook(TimeSpan duration, string result) => _duration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("result", result));

    public void Fetched(string issuer, string trigger, string outcome) =>
        _fetches.Add(1, new("issuer", issuer), new("trigger", trigger), new KeyValuePair<string, object?>("outcome", outcome));

    public void KidMissed(string issuer, string outcome) => _kidMisses.Add(1, new("issuer", issuer), new KeyValuePair<string, object?>("outcome", outcome));

    public void CacheAsked(string tier, string result)
    {
        if (!_cacheRequests.Enabled) return;
        _cacheRequests.Add(1, new("tier", tier), new KeyValuePair<string, object?>("result", result));
    }

    public void HeadersStripped(int count) => _headersStripped.Add(count);

    public void Reloaded(string outcome) => _reloads.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public void LeaseAsked(string issuer, string outcome) => _leases.Add(1, new("issuer", issuer), new KeyValuePair<string, object?>("outcome", outcome));

    /// <param name="outcome"><c>ok</c>, or why it failed.</param>
    public void RedisAsked(string operation, string outcome, TimeSpan duration)
    {
        _redisDuration.Record(duration.TotalSeconds, new("operation", operation), new KeyValuePair<string, object?>("outcome", outcome));
        if (outcome != "ok") _redisErrors.Add(1, new("operation", operation), new KeyValuePair<string, object?>("reason", outcome));
    }

    /// <param name="grant">What the token is for.</param>
    /// <param name="outcome"><c>issued</c>, or why there is none.</param>
    public void TokenIssued(string grant, string outcome) => _tokensIssued.Add(1, new("grant", grant), new KeyValuePair<string, object?>("outcome", outcome));

    public void Signed(string algorithm, TimeSpan duration) => _signDuration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("algorithm", algorithm));

    /// <param name="outcome"><c>taken</c>, <c>unchanged</c>, or why there is none.</param>
    public void IdentityUpdated(string outcome) => _identityUpdates.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    /// <param name="outcome"><c>ok</c>, or why it failed.</param>
    public void KmsAsked(string operation, string outcome, TimeSpan duration) =>
        _kmsDuration.Record(duration.TotalSeconds, new("operation", operation), new KeyValuePair<string, object?>("outcome", outcome));

    public void AuditRecorded(string what) => _auditRecords.Add(1, new KeyValuePair<string, object?>("event", what));

    public void AuditLost(string what) => _auditLost.Add(1, new KeyValuePair<string, object?>("event", what));

    public void AuditFailed() => _auditFailures.Add(1);

    public void AuditFlushed(int records, TimeSpan duration)
    {
        _auditFlush.Record(duration.TotalSeconds);
        _auditBatch.Record(records);
    }

    public void RevocationsIgnored(int count) => _revocationsIgnored.Add(count);

    /// <summary>Reports, when asked, how many revocations are in force, and how many seconds ago the list was last confirmed, if it ever was.</summary>
    public void ObserveRevocations(Func<long> entries, Func<double?> lag)
    {
        _meter.CreateObservableGauge("gateway.revocation.entries", entries, "{revocation}", "Revocations in the memory of this process.");
        _meter.CreateObservableGauge(
            "gateway.revocation.lag",
            () => lag() is { } seconds ? [new Measurement<double>(seconds)] : Array.Empty<Measurement<double>>(),
            "s",
            "Time since Redis last confirmed the revocations.");
    }

    /// <summary>Reports, when asked, whether Redis is there: 1 or 0.</summary>
    public void ObserveRedis(Func<bool> isThere) =>
        _meter.CreateObservableGauge("gateway.redis.connected", () => isThere() ? 1 : 0, unit: null, "Whether Redis answers.");

    /// <summary>Reports, when asked, for how many seconds the identity of this process holds, if there ever was one.</summary>
    public void ObserveIdentity(Func<double?> seconds) =>
        _meter.CreateObservableGauge(
            "gateway.identity.expires",
            () => seconds() is { } left ? [new Measurement<double>(left)] : Array.Empty<Measurement<double>>(),
            "s",
            "Time until the identity of this process ends.");

    /// <summary>Reports, when asked, the age of each of our own keys in seconds since it came into its state.</summary>
    public void ObserveOwnKeys(Func<IEnumerable<(string State, double Seconds)>> ages) =>
        _meter.CreateObservableGauge(
            "gateway.issuer.key.age",
            () => ages().Select(a => new Measurement<double>(a.Seconds, new KeyValuePair<string, object?>("state", a.State))),
            "s",
            "Time since a key of our own came into its state.");

    /// <summary>Reports, when asked, the age of each issuer's keys in seconds.</summary>
    public void ObserveKeyAges(Func<IEnumerable<(string Issuer, double Seconds)>> ages) =>
        _meter.CreateObservableGauge(
            "gateway.jwks.age",
            () => ages().Select(a => new Measurement<double>(a.Seconds, new KeyValuePair<string, object?>("issuer", a.Issuer))),
            "s",
            "Time since the keys of an issuer were last confirmed.");

    public void Dispose() => _meter.Dispose();
}
