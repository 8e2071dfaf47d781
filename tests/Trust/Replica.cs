using System.Net;
using Microsoft.Extensions.Logging;
using Sallyport.Gateway.Redis;
using Sallyport.Gateway.Secrets;
using Sallyport.Gateway.Telemetry;
using Sallyport.Gateway.Tokens;
using Sallyport.Gateway.Trust;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Trust;

/// <summary>One replica's cache of an issuer's keys, with a connection to Redis of its own, and no background refresh.</summary>
internal sealed class Replica : IAsyncDisposable
{
    public static readonly byte[] MacKey = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    private readonly KeyDownload _download = new(isInsecureAllowed: true);
    private readonly GatewayMetrics _metrics = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Algorithm _algorithm = Algorithm.Find("ES256")!;
    private readonly ILoggerFactory _loggers;

    private Replica(RedisServer redis, IssuerServer issuer, KeySourceOptions keys, TimeProvider clock, byte[][] macKeys, TimeSpan timeout)
    {
        _loggers = LoggerFactory.Create(logging => logging.AddProvider(Logs));
        var options = new RedisOptions { Configuration = redis.Address, MacKeys = [new SecretSource("unused", null)], Timeout = timeout };
        Redis = new RedisConnection(options, _metrics, _loggers.CreateLogger<RedisConnection>());
        Options = KeyCache.OptionsOf(issuer, keys);
        Shared = new SharedKeys(Redis, new MacKeys(macKeys), Options);
        Keys = new RemoteKeys(Options, [_algorithm], _download, Shared, clock, _metrics, _loggers.CreateLogger<RemoteKeys>(), _stopping.Token);
        new KeyAnnouncements(Redis).Add(Shared.Name, Keys);
    }

    public LogSink Logs { get; } = new();

    public RedisConnection Redis { get; }

    public TrustedIssuerOptions Options { get; }

    public SharedKeys Shared { get; }

    public RemoteKeys Keys { get; }

    /// <summary>Connected, and nothing fetched.</summary>
    public static async Task<Replica> StartAsync(
        RedisServer redis, IssuerServer issuer, Func<KeySourceOptions, KeySourceOptions>? edit = null, TimeProvider? clock = null, byte[][]? macKeys = null, TimeSpan? timeout = null)
    {
        var keys = new KeySourceOptions { Kind = KeySourceKind.JwksUri, JwksUri = new Uri(issuer.JwksUri), Timeout = TimeSpan.FromSeconds(10) };
        // A starved machine is no Redis that is away.
        var replica = new Replica(redis, issuer, edit?.Invoke(keys) ?? keys, clock ?? TimeProvider.System, macKeys ?? [MacKey], timeout ?? TimeSpan.FromSeconds(5));
        await replica.Redis.StartAsync(CancellationToken.None);
        return replica;
    }

    /// <summary>Looks a key up, and waits until what that brought is in Redis.</summary>
    /// <returns><c>found</c>, or the code of the fault, or <c>unavailable</c>.</returns>
    public async Task<string> Find(string kid)
    {
        try
        {
            var lookup = await Keys.FindAsync(kid, _algorithm, IPAddress.Loopback, CancellationToken.None);
            await Keys.Sharing;
            return lookup.Fault?.Code ?? (lookup.Key is not null && lookup.Set is not null ? "found" : "neither");
        }
        catch (KeysUnavailableException)
        {
            return "unavailable";
        }
    }

    /// <summary>Whether the snapshot holds the kid, nobody being asked.</summary>
    public bool Holds(string kid) => Keys.Current?.Keys.Keys.Any(key => key.KeyId == kid) == true;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Redis.DisposeAsync();
        _stopping.Dispose();
        _download.Dispose();
        _metrics.Dispose();
        _loggers.Dispose();
    }
}
