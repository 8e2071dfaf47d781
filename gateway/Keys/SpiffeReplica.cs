using Sallyport.Gateway.Audit;
using Sallyport.Gateway.Identity;
using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Keys;

/// <summary>The keys of this workload's own SVIDs as a ring: each renewal prepares, activates and retires by the same states. In this process alone; nothing of it is stored.</summary>
internal sealed partial class SpiffeReplica(
    KeyRingOptions options,
    OwnIdentity identity,
    OwnKeys keys,
    AuditTrail audit,
    TimeProvider clock,
    ILogger<SpiffeReplica> logger,
    KeyArchive? archive = null,
    SpiffePeers? peers = null) : IKeyReplica
{
    private readonly Dictionary<string, SpiffeSigner> _signers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _archived = new(StringComparer.Ordinal);
    private IReadOnlyList<(Jwk Key, DateTimeOffset NotAfter)> _others = [];
    private KeyRing _ring = KeyRing.Empty(options.Issuer);
    private string? _logged;

    public string Place => "this workload's SPIFFE identity";

    public KeyRing? Known => _ring.Keys.IsEmpty ? null : _ring;

    public string? Problem { get; private set; }

    public bool IsBeyondWaiting => false;

    public void Listen(Action onHint) => identity.Listen(onHint);

    public async Task<TimeSpan> StepAsync(CancellationToken cancellation)
    {
        var next = DateTimeOffset.MaxValue;
        try
        {
            Problem = null;
            next = await RotateAsync(cancellation);
            var now = clock.GetUtcNow();
            if (peers is not null) _others = await peers.ExchangeAsync([.. _ring.Published(now)], now);
        }
        catch (AuditUnavailableException e)
        {
            Problem ??= $"what becomes of the keys cannot be recorded, and so nothing does: {e.Message}";
        }
        catch (KeyStoreAwayException e)
        {
            Problem ??= $"the keys of other replicas are not known: {e.Message}";
        }
        finally
        {
            Publish();
        }

        var pause = next - clock.GetUtcNow();
        return pause < options.Poll && pause > TimeSpan.Zero ? pause : options.Poll;
    }

    public IEnumerable<(string State, double Seconds)> Ages()
    {
        var now = clock.GetUtcNow();
        return _ring.Keys.Select(key => (RingReader.NameOf(key.State), Math.Max(0, (now - key.Since).TotalSeconds)));
    }

    // Every change is recorded before it is one.
    private async Task<DateTimeOffset> RotateAsync(CancellationToken cancellation)
    {
        var svid = identity.Current?.Svid;
        var signer = svid is null ? null : Signer(svid);
        if (svid is null) Problem = $"there is no SVID to sign with{(identity.Problem is { } why ? $": {why}" : "")}";
        for (var i = 0; i < 2 * KeyRing.MaxKeys; i++)
        {
            var now = clock.GetUtcNow();
            var action = SpiffeRotation.Next(_ring, signer is null ? null : (signer.Public, signer.NotAfter), now, options);
            switch (action.Kind)
            {
                case KeyActionKind.Prepare:
                    var entry = SpiffeRotation.Entry(signer!.Public, signer.NotAfter, now, action.ActivateAt);
                    await RecordAsync(AuditEvent.KeyPrepared, entry, now, cancellation);
                    Change(_ring.Prepare(entry));
                    break;
                case KeyActionKind.Activate:
                    await ActivateAsync(_ring.Find(action.KeyId!)!, now, cancellation);
                    break;
                case KeyActionKind.Drop:
                    await RecordAsync(AuditEvent.KeyDropped, _ring.Find(action.KeyId!)!, now, cancellation);
                    Change(_ring.Drop(action.KeyId!, now));
                    _signers.Remove(action.KeyId!);
                    break;
                default:
                    return action.LookAgain;
            }
        }

        return clock.GetUtcNow();
    }

    private SpiffeSigner? Signer(X509Svid svid)
    {
        if (options.Algorithm.Length > 0 && svid.Algorithm.Name != options.Algorithm)
        {
            Problem = $"the SVID's key signs {svid.Algorithm}, and Sallyport.Issuer.Algorithm says {options.Algorithm}";
            return null;
        }

        if (SpiffeSigner.Of(svid, out var unfit) is not { } signer)
        {
            Problem = $"the SVID cannot sign tokens: {unfit}";
            return null;
        }

        if (_ring.Find(signer.KeyId) is { State: KeyState.Retired or KeyState.Revoked })
        {
            Problem = "the SVID is of a key that was retired before: its successor goes on";
            return null;
        }

        // Another certificate for the key that we have: the header shows the newer one.
        _signers[signer.KeyId] = _signers.TryGetValue(signer.KeyId, out var known) && known.NotAfter >= signer.NotAfter ? known : signer;
        if (!ReferenceEquals(known, _signers[signer.KeyId])) Change(SpiffeRotation.Prolonged(_ring, signer.KeyId, signer.NotAfter));
        return _signers[signer.KeyId];
    }

    private async Task ActivateAsync(RingKey key, DateTimeOffset now, CancellationToken cancellation)
    {
        var predecessor = _ring.Active;
        // Verifiers have not seen it for as long as they may keep a JWK Set. The first of a process may well be known to them.
        var isEmergency = predecessor is not null && now < key.PreparedAt + options.Lead;
        await RecordAsync(AuditEvent.KeyActivated, key, now, cancellation, isEmergency ? "emergency" : null);
        if (predecessor is not null) await RecordAsync(AuditEvent.KeyRetired, predecessor, now, cancellation);
        Change(_ring.Activate(key.KeyId, now, key.NotAfter - now, isEmergency));
    }

    private void Change(KeyRing ring) => _ring = ring with { Epoch = _ring.Epoch + 1 };

    private void Publish()
    {
        var now = clock.GetUtcNow();
        Archive();
        var active = _ring.Signer(now) is { } key && _signers.TryGetValue(key.KeyId, out var signer) && (archive is null || _archived.Contains(key.KeyId)) ? new ActiveKey(signer, key.NotAfter) : null;
        if (active is null) Problem ??= "no SVID signs now";
        Tell();
        var own = _ring.Published(now).Select(known => known.Public).ToList();
        Jwk[] published = [.. own, .. _others.Where(other => other.NotAfter > now).Select(other => other.Key).Where(other => own.TrueForAll(ours => ours.KeyId != other.KeyId))];
        if (keys.Current is { } current && current.Problem == Problem && ReferenceEquals(current.Active?.Key, active?.Key) && current.Active?.NotAfter == active?.NotAfter
            && current.Published.Keys.Select(known => known.KeyId).SequenceEqual(published.Select(known => known.KeyId), StringComparer.Ordinal)) return;
        // What others publish changes the set too.
        _ring = _ring with { Epoch = _ring.Epoch + 1 };
        keys.Publish(new OpenRing(_ring.Keys.IsEmpty ? 0 : _ring.Epoch, active, JwkSet.Of(published), Problem));
    }

    /// <summary>A key that the archive does not hold signs nothing: its tokens could not be verified later.</summary>
    private void Archive()
    {
        if (archive is null) return;
        foreach (var key in _ring.Keys.Where(key => !_archived.Contains(key.KeyId)))
        {
            try
            {
                var thumbprint = key.Public.Thumbprint;
                archive.Keep(thumbprint, ArchivedKey.Of(options.Issuer, key).ToJson());
                if (archive.Find(thumbprint) is { } kept && ArchivedKey.Read(kept, thumbprint) is not null) _archived.Add(key.KeyId);
                else Problem ??= $"the archive {archive.Directory} holds something else in the place of key {key.KeyId}";
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Problem ??= $"key {key.KeyId} cannot be archived: {e.Message}";
            }
        }
    }

    private ValueTask RecordAsync(string what, RingKey key, DateTimeOffset now, CancellationToken cancellation, string? reason = null) => audit.RecordAsync(
        new AuditRecord
        {
            Event = what,
            Time = now,
            Actor = "rotation",
            KeyId = key.KeyId,
            Reason = reason,
            Expires = key.NotAfter,
            SpiffeId = key.KeyId[..key.KeyId.IndexOf('#', StringComparison.Ordinal)],
        },
        cancellation);

    private void Tell()
    {
        if (_logged == Problem) return;
        _logged = Problem;
        if (Problem is { } problem) Troubled(problem);
    }

    [LoggerMessage(9121, LogLevel.Error, "Signing keys: {Problem}")]
    private partial void Troubled(string problem);
}
