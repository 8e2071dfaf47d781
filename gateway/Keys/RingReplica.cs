using Sallyport.Gateway.Audit;
using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Keys;

/// <summary>One replica's knowledge of the ring: reads it, does its part of the rotation, and publishes what it knows. One step at a time.</summary>
/// <remarks>
/// Without the store it goes on with what it knows, until the active key is at its end. What lies there and is no ring of ours is never
/// taken over and never overwritten: a replica with a wrong key-encryption key destroys nothing.
/// </remarks>
/// <param name="options">The issuer, and how its keys live.</param>
/// <param name="keeper">Reads and changes what lies in the store.</param>
/// <param name="keys">Where what is known is published.</param>
/// <param name="clock">Of this process; only differences of it count.</param>
/// <param name="logger">For what operators should know.</param>
/// <param name="archive">Null for none.</param>
/// <param name="endorser">Null where endorsements are nobody's concern.</param>
internal sealed partial class RingReplica(
    KeyRingOptions options, RingKeeper keeper, OwnKeys keys, TimeProvider clock, ILogger<RingReplica> logger, KeyArchive? archive = null, KeyEndorser? endorser = null) : IKeyReplica, IDisposable
{
    // A signature that is under way with a key that was just replaced ends long before.
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(200);

    // What was asked this long ago says nothing of now: the process was stopped meanwhile.
    private static readonly TimeSpan LongestReading = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, ITokenSigner> _opened = new(StringComparer.Ordinal);
    private readonly HashSet<string> _archived = new(StringComparer.Ordinal);
    private readonly List<(ITokenSigner Key, long ReplacedAt)> _replaced = [];
    private DateTimeOffset _storeTime;
    private long _readAt;
    private string? _logged;

    public string Place => keeper.Store.Place;

    /// <summary>What is known of the ring; null before it was read.</summary>
    public KeyRing? Known { get; private set; }

    /// <summary>Why the ring in the store is not what this replica goes by; null while it is.</summary>
    public string? Problem { get; private set; }

    /// <summary>Whether waiting does not help: what lies in the store, or its place, needs an operator.</summary>
    public bool IsBeyondWaiting { get; private set; }

    /// <summary>The store's time, as far as it is known here, and never behind it: ahead by no more than a reading takes. Only after the first one.</summary>
    public DateTimeOffset Now => _storeTime + clock.GetElapsedTime(_readAt);

    public void Listen(Action onHint)
    {
        keeper.Store.Listen(onHint);
        endorser?.Listen(onHint);
    }

    /// <summary>Reads, acts if there is anything to do, and publishes.</summary>
    /// <returns>When to look again, if nobody says so before.</returns>
    public async Task<TimeSpan> StepAsync(CancellationToken cancellation)
    {
        var pause = options.Poll;
        try
        {
            switch (await ReadAsync(cancellation))
            {
                case null: return Soon;
                case false: return pause;
            }

            // At once: what was revoked is not believed for as long as it takes to do something else.
            await PublishAsync(cancellation);
            if (IsDue()) pause = await ActAsync(cancellation);
            if (Known is { Epoch: > 0 } ring && KeyRotation.Next(ring, Now, options, endorser) is { Kind: KeyActionKind.Nothing, LookAgain: var next } && next - Now < pause)
                pause = next - Now;
        }
        catch (KeyStoreAwayException e)
        {
            (Problem, IsBeyondWaiting) = ($"{keeper.Store.Place} is away: {e.Message}", e.IsPermanent);
        }
        finally
        {
            await PublishAsync(cancellation);
        }

        return pause > TimeSpan.Zero ? pause : Soon;
    }

    /// <summary>Of every key now known: its state, and the seconds since it came into it.</summary>
    public IEnumerable<(string State, double Seconds)> Ages()
    {
        var now = Known is null ? default : Now;
        return (Known?.Keys ?? []).Select(key => (RingReader.NameOf(key.State), Math.Max(0, (now - key.Since).TotalSeconds)));
    }

    public void Dispose()
    {
        foreach (var key in _opened.Values) key.Dispose();
        foreach (var (key, _) in _replaced) key.Dispose();
    }

    private bool IsDue() => IsOwed || KeyRotation.Next(Known!, Now, options, endorser).Kind != KeyActionKind.Nothing;

    // The store has lost something that this replica knows.
    private bool IsOwed { get; set; }

    /// <returns>Whether a ring was read; null when the answer came too late to be one.</returns>
    private async Task<bool?> ReadAsync(CancellationToken cancellation)
    {
        var asked = clock.GetTimestamp();
        var (stored, ring, problem) = await keeper.ReadAsync(cancellation);
        if (clock.GetElapsedTime(asked) > LongestReading) return null;
        (_storeTime, _readAt) = (stored.Now, asked);
        (Problem, IsBeyondWaiting) = (problem is null ? null : $"what lies in {keeper.Store.Place} is not the ring of this issuer: {problem}", problem is not null);
        if (ring is null) return false;
        Adopt(ring, stored.Now);
        return true;
    }

    // By the time of that very reading: by an earlier one a key that has ended meanwhile would seem lost, by a later one something might be forgotten too early.
    private void Adopt(KeyRing ring, DateTimeOffset now)
    {
        IsOwed = Known is not null && !RingKeeper.IsNewer(ring, Known, now);
        Known = IsOwed ? RingMerge.Merge(Known!, ring, now) : ring;
    }

    private async Task<TimeSpan> ActAsync(CancellationToken cancellation)
    {
        var outcome = await keeper.ChangeAsync(
            Known is { Epoch: > 0 } ? Known : null,
            "rotation",
            async draft =>
            {
                await draft.RotateAsync(cancellation);
                return null;
            },
            cancellation);
        if (outcome is { Kind: RingOutcomeKind.Written or RingOutcomeKind.Unchanged, Ring: { } ring }) Adopt(ring, outcome.Now);
        return outcome.Kind == RingOutcomeKind.Busy && Soon < options.Poll ? Soon : options.Poll;
    }

    private async ValueTask PublishAsync(CancellationToken cancellation)
    {
        ForgetReplaced();
        if (Known is not { Epoch: > 0 } ring)
        {
            if ((Problem ?? endorser?.Lack) is not { } unread) return;
            Tell(unread);
            if (keys.Current?.Problem != unread) keys.Publish(new OpenRing(0, null, JwkSet.Of(), unread));
            return;
        }

        var now = Now;
        var problem = await OpenAsync(ring, cancellation);
        problem ??= Archive(ring);
        var endorsements = await EndorsementsAsync(ring, now, cancellation);
        problem ??= endorsements.Problem;
        var active = ring.Signer(now) is { } key && (archive is null || _archived.Contains(key.KeyId)) && !endorsements.Barred.Contains(key.KeyId)
            && _opened.TryGetValue(key.KeyId, out var opened) ? new ActiveKey(opened, key.NotAfter) : null;
        if (active is null) problem ??= ring.Active is not null ? "the signing key is at its end" : "no key is active";
        problem = (problem, Problem) switch { (null, var other) => other, (var one, null) => one, var (one, other) => $"{one}; {other}" };
        if (problem is not null) Tell(problem);
        else _logged = null;

        Jwk[] published = [.. ring.Published(now).Select(known => known.Public)];
        (string, string)[] endorsed = [.. ring.Published(now).Where(known => known.Endorsement is not null && !endorsements.Unkept.Contains(known.KeyId)).Select(known => (known.KeyId, known.Endorsement!))];
        if (keys.Current is { } current && current.Epoch == ring.Epoch && current.Problem == problem && current.Active?.Key == active?.Key
            && current.Active?.NotAfter == active?.NotAfter && current.Published.Keys.Select(k => k.KeyId).SequenceEqual(published.Select(k => k.KeyId), StringComparer.Ordinal)
            && current.Endorsements.SequenceEqual(endorsed)) return;
        keys.Publish(new OpenRing(ring.Epoch, active, JwkSet.Of(published), problem) { Endorsements = endorsed });
    }

    /// <summary>Opens what may sign here, the next one too: if that fails, there is time to mend it.</summary>
    private async ValueTask<string?> OpenAsync(KeyRing ring, CancellationToken cancellation)
    {
        string? problem = null;
        foreach (var key in ring.Keys)
        {
            if (key.Sealed.IsEmpty || _opened.ContainsKey(key.KeyId)) continue;
            var (opened, why) = await keeper.Maker.OpenAsync(key, cancellation);
            if (opened is not null) _opened.Add(key.KeyId, opened);
            else problem ??= $"the {(key.State == KeyState.Active ? "signing" : "next")} key {key.KeyId} cannot be opened: {why}";
        }

        foreach (var name in _opened.Keys.Where(name => ring.Find(name) is not { Sealed.IsEmpty: false }).ToArray())
        {
            _opened.Remove(name, out var replaced);
            _replaced.Add((replaced!, clock.GetTimestamp()));
        }

        return problem;
    }

    /// <summary>A key that the archive does not hold signs nothing: its tokens could not be verified later.</summary>
    private string? Archive(KeyRing ring)
    {
        if (archive is null) return null;
        foreach (var key in ring.Keys)
        {
            if (_archived.Contains(key.KeyId)) continue;
            try
            {
                archive.Keep(key.KeyId, ArchivedKey.Of(ring.Issuer, key).ToJson());
                if (archive.Find(key.KeyId) is { } kept && ArchivedKey.Read(kept, key.KeyId) is not null) _archived.Add(key.KeyId);
                else return $"the archive {archive.Directory} holds something else in the place of key {key.KeyId}";
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return $"key {key.KeyId} cannot be archived: {e.Message}";
            }
        }

        return null;
    }

    /// <summary>Keeps every endorsement before anything is signed under it, and tells which keys sign nothing here for want of one.</summary>
    private async ValueTask<(string? Problem, HashSet<string> Unkept, HashSet<string> Barred)> EndorsementsAsync(KeyRing ring, DateTimeOffset now, CancellationToken cancellation)
    {
        string? problem = null;
        var (unkept, barred) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        if (endorser is null) return (null, unkept, barred);
        foreach (var key in ring.Published(now))
        {
            if (await endorser.KeepAsync(key, now, cancellation) is { } lost)
            {
                problem ??= lost;
                unkept.Add(key.KeyId);
                barred.Add(key.KeyId);
            }

            if (key.State == KeyState.Retired) continue;
            if (endorser.Concern(key, now) is { } concern) problem ??= concern;
            if (!endorser.MaySign(key, now)) barred.Add(key.KeyId);
        }

        return (problem, unkept, barred);
    }

    private void ForgetReplaced()
    {
        foreach (var (key, _) in _replaced.Where(replaced => clock.GetElapsedTime(replaced.ReplacedAt) > Grace)) key.Dispose();
        _replaced.RemoveAll(replaced => clock.GetElapsedTime(replaced.ReplacedAt) > Grace);
    }

    private void Tell(string problem)
    {
        if (_logged == problem) return;
        _logged = problem;
        Troubled(problem);
    }

    [LoggerMessage(9101, LogLevel.Error, "Signing keys: {Problem}")]
    private partial void Troubled(string problem);
}
