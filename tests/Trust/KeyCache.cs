using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Sallyport.Gateway.Telemetry;
using Sallyport.Gateway.Tokens;
using Sallyport.Gateway.Trust;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Trust;

/// <summary>The cache of a real issuer's keys on a clock that the test moves, with no gateway around it and no background refresh.</summary>
internal sealed class KeyCache : IAsyncDisposable
{
    private readonly KeyDownload _download = new(isInsecureAllowed: true);
    private readonly GatewayMetrics _metrics = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Algorithm _algorithm = Algorithm.Find("ES256")!;
    private readonly ILoggerFactory _loggers;

    private KeyCache(IssuerServer issuer, KeySourceOptions keys)
    {
        Issuer = issuer;
        _loggers = LoggerFactory.Create(logging => logging.AddProvider(Logs));
        Keys = new RemoteKeys(OptionsOf(issuer, keys), [_algorithm], _download, shared: null, Clock, _metrics, _loggers.CreateLogger<RemoteKeys>(), _stopping.Token);
    }

    public IssuerServer Issuer { get; }

    public FakeClock Clock { get; } = new();

    public LogSink Logs { get; } = new();

    public RemoteKeys Keys { get; }

    /// <summary>An issuer that publishes <c>k1</c>, and nothing fetched from it yet.</summary>
    public static async Task<KeyCache> OverAsync(Func<KeySourceOptions, KeySourceOptions>? edit = null)
    {
        var issuer = await IssuerServer.StartAsync(Key("k1"));
        var keys = new KeySourceOptions { Kind = KeySourceKind.JwksUri, JwksUri = new Uri(issuer.JwksUri), Timeout = TimeSpan.FromSeconds(30) };
        return new KeyCache(issuer, edit?.Invoke(keys) ?? keys);
    }

    public static TrustedIssuerOptions OptionsOf(IssuerServer issuer, KeySourceOptions keys) =>
        new() { Name = "corp", Issuer = issuer.Issuer, Audiences = ["api"], Keys = keys };

    /// <summary>A fresh public key, ES256.</summary>
    public static JsonObject Key(string? kid) => TestKey.New("ES256").PublicJwk(kid);

    /// <returns><c>found</c>, or the code of the fault.</returns>
    /// <exception cref="KeysUnavailableException">As the cache says.</exception>
    public async Task<string> Find(string kid, IPAddress? client = null, CancellationToken cancellation = default)
    {
        var lookup = await Keys.FindAsync(kid, _algorithm, client ?? IPAddress.Loopback, cancellation);
        return lookup.Fault?.Code ?? (lookup.Key is not null && lookup.Set is not null ? "found" : "neither");
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _stopping.Dispose();
        _download.Dispose();
        _metrics.Dispose();
        _loggers.Dispose();
        await Issuer.DisposeAsync();
    }
}
