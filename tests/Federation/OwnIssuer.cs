using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Sallyport.Gateway.Audit;
using Sallyport.Gateway.Issuing;
using Sallyport.Gateway.Keys;
using Sallyport.Gateway.Telemetry;
using Sallyport.Gateway.Tokens;
using Sallyport.Policies;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Federation;

/// <summary>Our own mint with a key of its own, and its keys and metadata on loopback.</summary>
internal sealed class OwnIssuer : IAsyncDisposable
{
    public const string Audience = "sts.amazonaws.com";

    private readonly SigningKey _key;
    private readonly LoggerFactory _loggers;
    private readonly GatewayMetrics _metrics = new();
    private readonly TokenMint _mint;

    private OwnIssuer(IssuerServer server, SigningKey key)
    {
        (Server, _key) = (server, key);
        _loggers = new LoggerFactory([Log]);
        var keys = new OwnKeys();
        keys.Publish(new OpenRing(1, new ActiveKey(key, TimeProvider.System.GetUtcNow().AddDays(1)), JwkSet.Of(key.Public), Problem: null));
        var options = new IssuerOptions { Issuer = server.Issuer, Keys = new KeyRingOptions { Issuer = server.Issuer, Store = KeyStoreKind.Memory } };
        _mint = new TokenMint(options, keys, TimeProvider.System, _metrics, new AuditTrail(_loggers.CreateLogger<AuditTrail>()));
    }

    public IssuerServer Server { get; }

    public LogSink Log { get; } = new();

    public string KeyId => _key.KeyId;

    public static async Task<OwnIssuer> StartAsync(string algorithm = "ES256")
    {
        var key = SigningKey.Generate(Algorithm.Find(algorithm)!, 2048);
        var json = new MemoryStream();
        await using (var writer = new Utf8JsonWriter(json)) key.Public.WriteTo(writer);
        return new OwnIssuer(await IssuerServer.StartAsync(JsonNode.Parse(json.ToArray())!.AsObject()), key);
    }

    public static FederationOptions Options(params FederatedTag[] tags) => new() { Audience = Audience, Tags = tags.Length > 0 ? tags : [Tenant()] };

    public static FederatedTag Tenant(string key = "tenant", string claim = "org_id", bool isTransitive = true) => new(key, claim, "org-", IsLowerCase: true, isTransitive);

    /// <summary>A caller with this JSON as the claim <c>org_id</c>; without it where null.</summary>
    public static Principal Caller(string? json, string subject = "alice@example.com", TimeSpan? life = null) => new()
    {
        IssuerName = "corp",
        Issuer = "https://id.example.com",
        Subject = subject,
        Audiences = ["api"],
        Scopes = new ScopeSet([]),
        Expires = TimeProvider.System.GetUtcNow() + (life ?? TimeSpan.FromMinutes(10)),
        Claims = json is null ? [] : [new("org_id", ClaimValue.Of(JsonDocument.Parse(json).RootElement))],
    };

    /// <summary>The token, as token exchange mints it.</summary>
    public async Task<string> TokenAsync(string tenantJson, FederationOptions? federation = null, string subject = "alice@example.com")
    {
        var request = FederationToken.Request(federation ?? Options(), Caller(tenantJson, subject), "billing", _key.Algorithm, TimeProvider.System.GetUtcNow(), out var refusal);
        Assert.Null(refusal);
        return await MintAsync(request!);
    }

    public async Task<string> MintAsync(MintRequest request) => (await _mint.MintAsync(request, default)).Text;

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _key.Dispose();
        _metrics.Dispose();
        _loggers.Dispose();
    }
}
