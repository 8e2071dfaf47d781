using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sallyport.Gateway.Redis;
using Sallyport.Gateway.Revocation;
using Sallyport.Gateway.Secrets;
using Sallyport.Gateway.Telemetry;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Revocation;

/// <summary>One who may write revocations, and a replica that reads them, with a connection to Redis of its own and no loop.</summary>
internal sealed class Revoker : IAsyncDisposable
{
    public const string Issuer = "https://id.example";

    public static readonly byte[] MacKey = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    private readonly GatewayMetrics _metrics = new();
    private readonly ILoggerFactory _loggers;

    private Revoker(string configuration, string prefix, byte[][] macKeys, TimeProvider clock)
    {
        _loggers = LoggerFactory.Create(logging => logging.AddProvider(Logs));
        var options = new RedisOptions { Configuration = configuration, Prefix = prefix, MacKeys = [new SecretSource("unused", null)] };
        Connection = new RedisConnection(options, _metrics, NullLogger<RedisConnection>.Instance);
        Store = new RevocationStore(Connection);
        Seal = new RecordSeal(new MacKeys(macKeys), prefix);
        List = new RevocationList(new RevocationOptions(), clock, isShared: true);
        Replica = new RevocationReplica(Store, List, Seal, clock, _metrics, _loggers.CreateLogger<RevocationReplica>());
    }

    public LogSink Logs { get; } = new();

    public RedisConnection Connection { get; }

    public RevocationStore Store { get; }

    public RecordSeal Seal { get; }

    public RevocationList List { get; }

    public RevocationReplica Replica { get; }

    public static uint Now => (uint)DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    public static async Task<Revoker> StartAsync(RedisServer redis, string prefix = "sallyport:", byte[][]? macKeys = null, TimeProvider? clock = null, string more = "")
    {
        var revoker = new Revoker(redis.Address + more, prefix, macKeys ?? [MacKey], clock ?? TimeProvider.System);
        await revoker.Connection.StartAsync(CancellationToken.None);
        await Poll.Until(() => revoker.Connection.IsThere);
        return revoker;
    }

    /// <summary>Makes a gateway of this configuration share its revocations.</summary>
    public static void Share(JsonObject json, RedisServer redis, string maxAge = "00:00:30")
    {
        var file = Path.Combine(redis.Directory, "mac-key");
        if (!File.Exists(file)) File.WriteAllBytes(file, MacKey);
        json["Sallyport"]!["Redis"] = new JsonObject { ["Configuration"] = redis.Address, ["MacKey"] = new JsonObject { ["File"] = file }, ["Timeout"] = "00:00:05" };
        json["Sallyport"]!["Revocation"] = new JsonObject { ["MaxAge"] = maxAge };
    }

    public static RevocationRecord Record(string value, RevocationKind kind = RevocationKind.TokenId, string issuer = Issuer, uint? issuedBefore = null, uint life = 3600, uint? at = null) => new()
    {
        Kind = kind,
        Issuer = issuer,
        Value = value,
        IssuedBefore = issuedBefore ?? RevocationRecord.AnyIssuedAt,
        Expires = (at ?? Now) + life,
        RevokedAt = at ?? Now,
    };

    public Task Revoke(params RevocationRecord[] records) => Append([.. records.Select(record => (record, Seal.Seal(record)))]);

    /// <summary>Stores octets of any making in the buckets that their records belong to.</summary>
    public async Task Append(params (RevocationRecord Record, byte[] Bytes)[] records)
    {
        foreach (var bucket in records.GroupBy(record => RevocationBuckets.EndOf(record.Record.RevokedAt, record.Record.Expires)))
            foreach (var batch in bucket.Chunk(RevocationStore.MostAtOnce))
                await Store.AppendAsync(bucket.Key, [.. batch.Select(record => (ReadOnlyMemory<byte>)record.Bytes)]);
    }

    public Task CatchUp() => Replica.CatchUpAsync(Connection.Epoch, CancellationToken.None);

    public Task WriteBack() => Replica.WriteBackAsync(Connection.Epoch, CancellationToken.None);

    public bool Revokes(string value, RevocationKind kind = RevocationKind.TokenId, string issuer = Issuer, long? issuedAt = null) =>
        List.Current.Revokes(RevocationKey.Of(kind, issuer, value), issuedAt, List.Now);

    public async ValueTask DisposeAsync()
    {
        await Connection.DisposeAsync();
        _metrics.Dispose();
        _loggers.Dispose();
    }
}
