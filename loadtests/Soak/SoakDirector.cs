using System.Diagnostics;
using NBomber.Contracts;
using NBomber.CSharp;
using Sallyport.LoadTests.Scenarios;

namespace Sallyport.LoadTests.Soak;

/// <summary>Makes happen what the plan says, while the load runs.</summary>
internal sealed class SoakDirector
{
    private const int Published = 4;

    // It is found again within a second or two, and what was missed is read.
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(5);
    private static readonly string[] Algorithms = ["EdDSA", "RS256", "ES256"];

    private readonly Stage _stage;
    private readonly RedisProcess _redis;
    private readonly RingRotation _ring;
    private readonly SoakWatch _watch;
    private readonly List<(TimeSpan At, SoakEvent What)> _happened = [];
    private volatile SoakTokens _tokens;
    private volatile bool _isRedisAway;
    private long _redisBack;
    private int _keys;

    public SoakDirector(Stage stage, RedisProcess redis, RingRotation ring, SoakWatch watch)
    {
        (_stage, _redis, _ring, _watch) = (stage, redis, ring, watch);
        _tokens = SoakTokens.Of(stage.Issuer, stage.Issuer.Keys[0]);
    }

    /// <summary>What the issuer signs now.</summary>
    public SoakTokens Tokens => _tokens;

    /// <summary>Whether Redis is there, and has been for some seconds.</summary>
    public bool IsRedisWell => !_isRedisAway && (_redisBack == 0 || Stopwatch.GetElapsedTime(Volatile.Read(ref _redisBack)) > Recovery);

    /// <summary>What happened, and how long after the load began.</summary>
    public IReadOnlyList<(TimeSpan At, SoakEvent What)> Happened => _happened;

    /// <summary>From the first event to the last.</summary>
    public async Task<IResponse> RunAsync(IScenarioContext context, TimeSpan total)
    {
        var watch = Stopwatch.StartNew();
        foreach (var (at, what) in SoakPlan.Of(total))
        {
            if (at > watch.Elapsed) await Task.Delay(at - watch.Elapsed, context.ScenarioCancellationToken);
            _happened.Add((watch.Elapsed, what));
            await HappenAsync(what, context.ScenarioCancellationToken);
        }

        return Response.Ok();
    }

    private async Task HappenAsync(SoakEvent what, CancellationToken cancellation)
    {
        switch (what)
        {
            case SoakEvent.KeyPublished:
                _stage.Issuer.Publish([_stage.Issuer.NewKey(Algorithms[_keys++ % Algorithms.Length]), .. _stage.Issuer.Keys.Take(Published - 1)]);
                break;
            case SoakEvent.KeyUsed:
                _tokens = SoakTokens.Of(_stage.Issuer, _stage.Issuer.Keys[0]);
                break;
            case SoakEvent.RingPrepared:
                await _ring.PrepareAsync(cancellation);
                break;
            case SoakEvent.RingActivated:
                await _ring.ActivateAsync(cancellation);
                break;
            case SoakEvent.IssuerHangs:
                _stage.Issuer.Condition = IssuerCondition.Hangs;
                break;
            case SoakEvent.IssuerFails:
                _stage.Issuer.Condition = IssuerCondition.Fails;
                break;
            case SoakEvent.IssuerBack:
                _stage.Issuer.Condition = IssuerCondition.Well;
                break;
            case SoakEvent.RedisFrozen:
                _isRedisAway = true;
                await _redis.FreezeAsync();
                break;
            case SoakEvent.RedisThawed:
                await _redis.ThawAsync();
                Found();
                break;
            case SoakEvent.RedisKilled:
                _isRedisAway = true;
                await _redis.KillAsync();
                break;
            case SoakEvent.RedisBack:
                await _redis.StartAgainAsync(cancellation);
                Found();
                break;
            case SoakEvent.Collected:
                await _watch.CollectAsync();
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(what), what, null);
        }
    }

    private void Found()
    {
        Volatile.Write(ref _redisBack, Stopwatch.GetTimestamp());
        _isRedisAway = false;
    }
}
