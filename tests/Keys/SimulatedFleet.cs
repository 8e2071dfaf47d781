using Microsoft.Extensions.Logging.Abstractions;
using Sallyport.Gateway.Audit;
using Sallyport.Gateway.Keys;
using Sallyport.Gateway.Tokens;
using Xunit.Sdk;

namespace Sallyport.Tests.Keys;

/// <summary>One schedule: 2 to 7 replicas whose clocks are off, which stop, crash and start again at any question to a store that is away at times and
/// loses writes, while operators do what operators do. All of it follows from the seed.</summary>
internal sealed class SimulatedFleet
{
    public static readonly KeyRingOptions Options = RingKit.Options with { Life = TimeSpan.FromHours(1), JwksMaxAge = TimeSpan.FromMinutes(1), Poll = TimeSpan.FromSeconds(5) };

    private readonly Random _random;
    private readonly SimulatedTime _time = new();
    private readonly SimulatedStore _store;
    private readonly SimulatedReplica[] _replicas;
    private readonly List<(string KeyId, DateTimeOffset Expires)> _tokens = [];
    private readonly bool _mayLose;
    private readonly bool _mayChangeAlgorithm;

    public SimulatedFleet(int seed)
    {
        _random = new Random(seed);
        _store = new SimulatedStore(_time);
        _mayLose = seed % 3 == 0;
        _mayChangeAlgorithm = seed % 5 == 0;
        _replicas = new SimulatedReplica[_random.Next(2, 8)];
        for (var i = 0; i < _replicas.Length; i++) _replicas[i] = Started();
        _store.Written = () =>
        {
            // A message to each, which may be lost.
            foreach (var replica in _replicas)
                if (_random.Next(3) > 0) replica.LookAt = _time.Now;
        };
    }

    public int KeysMade => _store.Made;

    public int TokensMade { get; private set; }

    public async Task RunAsync(int events)
    {
        for (var i = 0; i < events; i++)
        {
            try
            {
                await HappenAsync();
                Check();
            }
            catch (XunitException e)
            {
                throw new XunitException($"event {i}: {e.Message}", e);
            }
        }

        await SettleAsync();
    }

    private async Task HappenAsync()
    {
        var replica = _random.Next(_replicas.Length);
        switch (_random.Next(1000))
        {
            case < 700:
                var ready = _replicas.Where(r => r.MayRun).ToArray();
                if (ready.Length > 0) await ready[_random.Next(ready.Length)].RunAsync(isWell: _random.Next(50) > 0);
                else _time.Advance(Upto(Options.Poll));
                break;
            case < 860:
                _time.Advance(_random.Next(20) switch { < 14 => Upto(TimeSpan.FromMilliseconds(500)), < 18 => Upto(TimeSpan.FromSeconds(8)), 18 => Upto(TimeSpan.FromMinutes(3)), _ => Upto(TimeSpan.FromMinutes(20)) });
                break;
            case < 885:
                _replicas[replica].PausedUntil = _time.Now + (_random.Next(3) == 0 ? Upto(TimeSpan.FromMinutes(40)) : Upto(TimeSpan.FromSeconds(40)));
                break;
            case < 905:
                // Wherever it was: between generating and writing, between writing and the answer, in its start.
                _replicas[replica] = Started();
                break;
            case < 915:
                _store.IsAway = !_store.IsAway;
                break;
            case < 922:
                if (_mayLose) await _store.LoseAsync(_random.Next(4) == 0 ? int.MaxValue : _random.Next(1, 4));
                break;
            case < 945:
                await OperateAsync();
                break;
            default:
                Mint(_replicas[replica]);
                break;
        }
    }

    private void Check()
    {
        foreach (var replica in _replicas) RingFacts.CheckReplica(replica, _store, _time.Now);
        if (_store.Losses > 0 || _tokens.Count == 0) return;

        // Without losses: who is up to date and has the right time verifies what anybody signed.
        var (keyId, expires) = _tokens[_random.Next(_tokens.Count)];
        if (expires <= _time.Now + TimeSpan.FromSeconds(6)) return;
        foreach (var replica in _replicas)
            if (replica.Ring.Known?.Find(keyId) is { State: not KeyState.Revoked } && replica.Ring.Now - _time.Now < TimeSpan.FromSeconds(6))
                RingFacts.Require(replica.Keys.Current!.Published.Keys.Any(key => key.KeyId == keyId), "C5: a good token is refused where its key is known");
    }

    private void Mint(SimulatedReplica replica)
    {
        if (replica.Keys.Current?.Active is not { } active) return;
        var now = replica.Clock.GetUtcNow();
        var expires = now + Options.MaxTokenLifetime < active.NotAfter ? now + Options.MaxTokenLifetime : active.NotAfter;
        if (expires <= now) return;
        RingFacts.Require(expires <= replica.Ring.Known!.Find(active.Key.KeyId)!.NotAfter, "C10: a token outlives its key");
        _tokens.Add((active.Key.KeyId, expires));
        TokensMade++;
    }

    private async Task OperateAsync()
    {
        if (_store.IsAway) return;
        var ring = await _store.RingAsync();
        if (ring.Keys.IsEmpty) return;
        var key = ring.Keys[_random.Next(ring.Keys.Length)];
        var kind = _random.Next(12);
        var keeper = new RingKeeper(Options, new Direct(_store), RingKit.Maker(Options), RingKit.Secrets, new AuditTrail(NullLogger<AuditTrail>.Instance));
        await keeper.ChangeAsync(
            known: null,
            "operator",
            async draft => kind switch
            {
                < 3 => (await RingCommands.PrepareAsync(draft, Algorithm.Find(_random.Next(3) == 0 ? "ES384" : "ES256")!, Options, default)).Problem,
                < 6 => RingCommands.Activate(draft, key.KeyId, Options, isEmergency: _random.Next(4) == 0),
                < 7 => RingCommands.Retire(draft, key.KeyId),
                < 10 => (await RingCommands.RevokeAsync(draft, key.KeyId, "simulated", Options, isEmergency: _random.Next(3) == 0, default)).Problem,
                < 11 => draft.Reseal(),
                _ => "nothing",
            },
            default);
    }

    // In the end everybody is well again: then all know one ring, and what anybody knew before is in it.
    private async Task SettleAsync()
    {
        _store.IsAway = false;
        foreach (var replica in _replicas) replica.PausedUntil = _time.Now;
        var known = _replicas.Select(replica => replica.Ring.Known).OfType<KeyRing>().Append(await _store.RingAsync()).ToArray();
        var end = _time.Now + TimeSpan.FromMinutes(3);
        for (var guard = 0; _time.Now < end || _replicas.Any(replica => replica.IsBusy) || !await AreAtOneAsync(); guard++)
        {
            RingFacts.Require(guard < 20_000, "C1: the fleet does not settle on one ring");
            if (_replicas.FirstOrDefault(replica => replica.MayRun) is { } ready) await ready.RunAsync(isWell: true);
            else _time.Advance(TimeSpan.FromMilliseconds(200));
            Check();
        }

        var ring = await _store.RingAsync();
        RingFacts.Require(ring.Active?.NotAfter > _time.Now, "C1: nothing signs in the end");
        RingFacts.Require(ring.Keys.Count(key => key.State == KeyState.Prepared) <= 1, "C2: two prepared keys in the end");
        foreach (var replica in _replicas)
        {
            RingFacts.Require(replica.Ring.Known!.Keys.Select(key => (key.KeyId, key.State)).SequenceEqual(ring.Keys.Select(key => (key.KeyId, key.State))), "C1: a replica knows another ring in the end");
            RingFacts.Require(replica.Keys.Current!.Active!.Key.KeyId == ring.Active!.KeyId, "C1: a replica signs with another key in the end");
            RingFacts.Require(replica.Keys.Current.Problem is null, $"a replica has a problem in the end: {replica.Keys.Current.Problem}");
        }

        foreach (var key in known.SelectMany(knowledge => knowledge.Keys))
        {
            var kept = ring.Find(key.KeyId);
            if (key.State == KeyState.Revoked) RingFacts.Require(kept is null or { State: KeyState.Revoked }, "C9: a revoked key came back");
            else if (key.State != KeyState.Prepared && key.NotAfter > _time.Now) RingFacts.Require(kept is not null && kept.NotAfter >= key.NotAfter, "C3: what a replica knew was lost");
        }

        foreach (var (keyId, _) in _tokens.Where(token => token.Expires > _time.Now && known.Any(knowledge => knowledge.Find(token.KeyId) is not null)))
            RingFacts.Require(ring.Find(keyId) is { State: KeyState.Revoked } || ring.Published(_time.Now).Any(key => key.KeyId == keyId), "C5: a good token is refused in the end");
        foreach (var key in ring.Keys.Where(key => key.State == KeyState.Retired)) RingFacts.Require(key.NotAfter > _time.Now - Options.Poll - Options.Poll, "C2: a key whose tokens have expired is still published");
    }

    private async Task<bool> AreAtOneAsync()
    {
        var epoch = (await _store.RingAsync()).Epoch;
        return _replicas.All(replica => replica.Ring.Known?.Epoch == epoch);
    }

    private SimulatedReplica Started() => new(
        _time,
        _store,
        _mayChangeAlgorithm && _random.Next(2) == 0 ? Options with { Algorithm = "ES384" } : Options,
        TimeSpan.FromMilliseconds(_random.Next(-20_000, 20_000)));

    private TimeSpan Upto(TimeSpan most) => most * _random.NextDouble();

    /// <summary>An operator's verb, which nothing stops.</summary>
    private sealed class Direct(SimulatedStore store) : IKeyStore
    {
        public string Place => "the simulation";

        public Task<StoredRing> ReadAsync(CancellationToken cancellation) => store.ReadAsync();

        public Task<KeyLease?> TakeLeaseAsync(TimeSpan duration, CancellationToken cancellation) => store.TakeAsync(duration);

        public Task<bool> WriteAsync(KeyLease lease, long expectedEpoch, long newEpoch, ReadOnlyMemory<byte> document, CancellationToken cancellation) =>
            store.WriteAsync(lease, expectedEpoch, newEpoch, document);

        public Task ReleaseAsync(KeyLease lease, CancellationToken cancellation) => store.ReleaseAsync(lease);

        public void Listen(Action onHint)
        {
            // It does not stay.
        }
    }
}
