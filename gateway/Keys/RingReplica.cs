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

    // Why there is no new key though it is time for one; the ring was read all the same.
    private string? _undone;

    // By the last look: whose endorsement is kept, and so may be shown, and who may sign as far as endorsements go.
    private HashSet<string> _shown = [];
    private HashSet<string> _cleared = [];

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
            if (IsDue()) pause = await TryActAsync(cancellation);
            else _undone = null;
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

    private async Task<TimeSpan> TryActAsync(CancellationToken cancellation)
    {
        try
        {
            var pause = await ActAsync(cancellation);
            _undone = null;
            return pause;
        }
        catch (KeyStoreAwayException e) when (e.Place is not null)
        {
            _undone = $"no new key could be made in {e.Place}: {e.Message}";
            return options.Poll;
        }
        catch (AuditUnavailableException e)
        {
            _undone = $"what is due cannot be recorded, and so is not done: {e.Message}";
            return options.Poll;
        }
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
        if (outcome is { Kind: RingOutcomeKind.Written, Problem: { } untold }) Tell(untold);
        return outcome.Kind == RingOutcomeKind.Busy && Soon < options.Poll ? Soon : options.Poll;
    }

    private async ValueTask PublishAsync(CancellationToken cancellation)
    {
        ForgetReplaced();
        if (Known is not { Epoch: > 0 } ring)
        {
            if ((Problem ?? _undone ?? endorser?.Lack) is not { } unread) return;
            Tell(unread);
            if (keys.Current?.Problem != unread) keys.Publish(new OpenRing(0, null, JwkSet.Of(), unread));
            return;
        }

        Close(name => ring.Find(name) is not { Sealed.IsEmpty: false });
        var opening = OpenAsync(ring, cancellation);
        // A key that is elsewhere takes its time. What was revoked is not believed meanwhile.
        if (!opening.IsCompleted && keys.Current is { Epoch: > 0 } current) Publish(ring, ActiveOf(ring), current.Problem);
        var (opened, lost, problem) = await opening;
        foreach (var signer in opened) _opened.Add(signer.KeyId, signer);
        Close(lost.Contains);

        problem ??= Archive(ring);
        problem ??= await EndorseAsync(ring, cancellation);
        var active = ActiveOf(ring);
        if (active is null) problem ??= ring.Active is not null ? "the signing key is at its end" : "no key is active";
        problem = Together(Together(problem, _undone), Problem);
        if (problem is not null) Tell(problem);
        else _logged = null;
        Publish(ring, active, problem);
    }

    private ActiveKey? ActiveOf(KeyRing ring) =>
        ring.Signer(Now) is { } key && (archive is null || _archived.Contains(key.KeyId)) && (endorser is null || _cleared.Contains(key.KeyId)) && _opened.TryGetValue(key.KeyId, out var opened)
            ? new ActiveKey(opened, key.NotAfter)
            : null;

    private void Publish(KeyRing ring, ActiveKey? active, string? problem)
    {
        RingKey[] known = [.. ring.Published(Now)];
        Jwk[] published = [.. known.Select(key => key.Public)];
        (string, string)[] endorsed = [.. known.Where(key => key.Endorsement is { } endorsement && _shown.Contains(endorsement)).Select(key => (key.KeyId, key.Endorsement!))];
        if (keys.Current is { } current && current.Epoch == ring.Epoch && current.Problem == problem && current.Active?.Key == active?.Key
            && current.Active?.NotAfter == active?.NotAfter && current.Published.Keys.Select(k => k.KeyId).SequenceEqual(published.Select(k => k.KeyId), StringComparer.Ordinal)
            && current.Endorsements.SequenceEqual(endorsed)) return;
        keys.Publish(new OpenRing(ring.Epoch, active, JwkSet.Of(published), problem) { Endorsements = endorsed });
    }

    /// <summary>Opens what may sign here, the next one too: if that fails, there is time to mend it. Looks after what is open.</summary>
    /// <returns>What was opened, the names of those that cannot sign any more, and what an operator should know.</returns>
    private async Task<(List<ITokenSigner> Opened, HashSet<string> Lost, string? Problem)> OpenAsync(KeyRing ring, CancellationToken cancellation)
    {
        var opened = new List<ITokenSigner>();
        var lost = new HashSet<string>(StringComparer.Ordinal);
        string? problem = null;
        foreach (var key in ring.Keys.Where(key => !key.Sealed.IsEmpty))
        {
            var what = $"the {(key.State == KeyState.Active ? "signing" : "next")} key {key.KeyId}";
            if (_opened.TryGetValue(key.KeyId, out var known))
            {
                var state = await known.CheckAsync(options.Poll, cancellation);
                if (!state.IsUsable) lost.Add(key.KeyId);
                if (state.Problem is { } trouble) problem ??= $"{what} {(state.IsUsable ? "could not be looked after" : "cannot be used any more")}: {trouble}";
                continue;
            }

            var (signer, why) = await keeper.Maker.OpenAsync(key, cancellation);
            if (signer is not null) opened.Add(signer);
            else problem ??= $"{what} cannot be opened: {why}";
        }

        return (opened, lost, problem);
    }

    private void Close(Func<string, bool> isOver)
    {
        foreach (var name in _opened.Keys.Where(isOver).ToArray())
        {
            _opened.Remove(name, out var replaced);
            _replaced.Add((replaced!, clock.GetTimestamp()));
        }
    }

    private static string? Together(string? one, string? other) => one is null ? other : other is null ? one : $"{one}; {other}";

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

    /// <summary>Keeps every endorsement before anything is signed under it, and finds out which keys may sign here with what they have.</summary>
    private async ValueTask<string?> EndorseAsync(KeyRing ring, CancellationToken cancellation)
    {
        if (endorser is null) return null;
        string? problem = null;
        var (shown, cleared) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        var now = Now;
        foreach (var key in ring.Published(now))
        {
            var lost = await endorser.KeepAsync(key, now, cancellation);
            problem ??= lost;
            if (lost is null && key.Endorsement is { } endorsement) shown.Add(endorsement);
            if (key.State == KeyState.Retired) continue;
            problem ??= endorser.Concern(key, now);
            if (lost is null && endorser.MaySign(key, now)) cleared.Add(key.KeyId);
        }

        (_shown, _cleared) = (shown, cleared);
        return problem;
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
