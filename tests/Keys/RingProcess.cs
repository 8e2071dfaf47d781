using Microsoft.Extensions.Logging.Abstractions;
using Sallyport.Gateway.Audit;
using Sallyport.Gateway.Keys;
using Sallyport.Gateway.Redis;
using Sallyport.Gateway.Secrets;
using Sallyport.Gateway.Telemetry;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Keys;

/// <summary>What a process has of the ring, without its timer: a connection of its own, and steps that a test takes.</summary>
internal sealed class RingProcess : IAsyncDisposable
{
    private readonly GatewayMetrics? _metrics;
    private readonly RedisConnection? _connection;

    private RingProcess(
        KeyRingOptions options, IKeyStore store, KeyEncryptionKeys secrets, TimeProvider clock, KeyArchive? archive = null, RedisConnection? connection = null, GatewayMetrics? metrics = null, KeyEndorser? endorser = null)
    {
        (_connection, _metrics) = (connection, metrics);
        Keeper = new RingKeeper(options, store, new LocalKeyMaker(new KeySealing(secrets, options.Issuer), options), secrets, new AuditTrail(NullLogger<AuditTrail>.Instance), endorser);
        Replica = new RingReplica(options, Keeper, Keys, clock, NullLogger<RingReplica>.Instance, archive, endorser);
    }

    public OwnKeys Keys { get; } = new();

    public RingKeeper Keeper { get; }

    public RingReplica Replica { get; }

    public string ActiveKey => Keys.Current!.Active!.Key.KeyId;

    public IEnumerable<string?> Published => Keys.Current!.Published.Keys.Select(key => key.KeyId);

    public static RingProcess Of(IKeyStore store, KeyRingOptions? options = null, KeyEncryptionKeys? secrets = null, TimeProvider? clock = null, KeyArchive? archive = null, KeyEndorser? endorser = null) =>
        new(options ?? RingKit.Options, store, secrets ?? RingKit.Secrets, clock ?? TimeProvider.System, archive, endorser: endorser);

    public static async Task<RingProcess> OnAsync(RedisServer redis, KeyRingOptions? options = null, KeyEncryptionKeys? secrets = null, TimeProvider? clock = null)
    {
        var metrics = new GatewayMetrics();
        var connection = new RedisConnection(new RedisOptions { Configuration = redis.Address, MacKeys = [new SecretSource("unused", null)] }, metrics, NullLogger<RedisConnection>.Instance);
        await connection.StartAsync(default);
        await Poll.Until(() => connection.IsThere, TimeSpan.FromSeconds(20));
        return new RingProcess(options ?? RingKit.Options, new RedisKeyStore(connection), secrets ?? RingKit.Secrets, clock ?? TimeProvider.System, connection: connection, metrics: metrics);
    }

    public Task StepAsync() => Replica.StepAsync(default);

    /// <summary>What an operator's verb does; it must succeed.</summary>
    public async Task OperateAsync(Func<RingDraft, string?> decide)
    {
        var outcome = await Keeper.ChangeAsync(known: null, "operator", decide, default);
        Assert.True(outcome.Kind == RingOutcomeKind.Written, outcome.Problem);
    }

    /// <summary>The same, of a verb that has to wait for something.</summary>
    public async Task OperateAsync(Func<RingDraft, ValueTask<(string? Problem, string? KeyId)>> decide)
    {
        var outcome = await Keeper.ChangeAsync(known: null, "operator", async draft => (await decide(draft)).Problem, default);
        Assert.True(outcome.Kind == RingOutcomeKind.Written, outcome.Problem);
    }

    public async ValueTask DisposeAsync()
    {
        Replica.Dispose();
        if (_connection is { } connection) await connection.DisposeAsync();
        _metrics?.Dispose();
    }
}
