using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sallyport.Gateway.Audit;
using Sallyport.Gateway.Keys;
using Sallyport.Gateway.Redis;
using Sallyport.Gateway.Secrets;
using Sallyport.Gateway.Telemetry;
using Sallyport.Tests.Keys;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Kms;

/// <summary>What a process has of a ring whose private keys are in AWS KMS, without its timer: steps that a test takes.</summary>
internal sealed class KmsProcess : IAsyncDisposable
{
    private readonly GatewayMetrics _metrics = new();
    private readonly RedisConnection? _connection;
    private readonly KmsCalls _calls;

    private KmsProcess(KmsServer kms, IKeyStore store, KmsPlan plan, RedisConnection? connection)
    {
        _connection = connection;
        var options = RingKit.Options with { Store = KeyStoreKind.AwsKms, Algorithm = plan.Algorithm, RsaBits = plan.RsaBits };
        var remote = new KmsOptions
        {
            Region = KmsServer.Region,
            Endpoint = new Uri(kms.Url),
            Freshness = plan.Freshness,
            Timeout = plan.Timeout,
            Tags = new Dictionary<string, string> { ["team"] = "identity" },
        };
        Options = options with { AwsKms = remote };
        Logs = new LogSink();
        var loggers = LoggerFactory.Create(logging => logging.AddProvider(Logs));
        _calls = new KmsCalls(remote, _metrics, plan.HasCredentials ? KmsServer.Credentials : new Amazon.Runtime.BasicAWSCredentials("AKIDSOMEBODYELSE0000", "x"));
        var sealing = new KeySealing(plan.Secrets, options.Issuer, KeySealing.KmsKeyName);
        Maker = new KmsKeyMaker(remote, Options, sealing, _calls, plan.Clock, loggers.CreateLogger<KmsKeyMaker>());
        Keeper = new RingKeeper(Options, store, Maker, plan.Secrets, new AuditTrail(NullLogger<AuditTrail>.Instance));
        Replica = new RingReplica(Options, Keeper, Keys, plan.Clock, loggers.CreateLogger<RingReplica>());
    }

    public KeyRingOptions Options { get; }

    public LogSink Logs { get; }

    public OwnKeys Keys { get; } = new();

    public KmsKeyMaker Maker { get; }

    public RingKeeper Keeper { get; }

    public RingReplica Replica { get; }

    public OpenRing Ring => Keys.Current!;

    public ITokenSigner Signer => Ring.Active!.Key;

    public static KmsProcess Of(KmsServer kms, IKeyStore store, KmsPlan? plan = null) => new(kms, store, plan ?? new KmsPlan(), connection: null);

    public static async Task<KmsProcess> OnAsync(KmsServer kms, RedisServer redis, KmsPlan? plan = null)
    {
        var connection = new RedisConnection(
            new RedisOptions { Configuration = redis.Address, MacKeys = [new SecretSource("unused", null)], Timeout = TimeSpan.FromSeconds(5) },
            new GatewayMetrics(),
            NullLogger<RedisConnection>.Instance);
        await connection.StartAsync(default);
        await Poll.Until(() => connection.IsThere, TimeSpan.FromSeconds(20));
        return new KmsProcess(kms, new RedisKeyStore(connection), plan ?? new KmsPlan(), connection);
    }

    public Task StepAsync(CancellationToken cancellation = default) => Replica.StepAsync(cancellation);

    /// <summary>What an operator's verb does; it must succeed.</summary>
    public async Task OperateAsync(Func<RingDraft, ValueTask<string?>> decide)
    {
        var outcome = await Keeper.ChangeAsync(known: null, "operator", decide, default);
        Assert.True(outcome.Kind == RingOutcomeKind.Written, outcome.Problem);
    }

    /// <summary>A signature that everybody who knows the JWK Set believes.</summary>
    public async Task SignsAsync()
    {
        var input = "header.payload"u8.ToArray();
        var signature = await Signer.SignAsync(input, default);
        Assert.True(Ring.Published.Keys.Single(key => key.KeyId == Signer.KeyId).Material.Verify(Signer.Algorithm, input, signature));
    }

    public async Task<string> DoesNotSignAsync() =>
        (await Assert.ThrowsAsync<SigningFailedException>(async () => await Signer.SignAsync("header.payload"u8.ToArray(), default))).Message;

    public async ValueTask DisposeAsync()
    {
        Replica.Dispose();
        _calls.Dispose();
        if (_connection is { } connection) await connection.DisposeAsync();
        _metrics.Dispose();
    }
}
