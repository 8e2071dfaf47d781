using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Sallyport.Gateway;
using Sallyport.Gateway.Audit;
using Sallyport.Gateway.Issuing;
using Sallyport.Gateway.Keys;
using Sallyport.Gateway.Proxy;
using Sallyport.Gateway.Telemetry;
using Sallyport.Gateway.Tokens;
using Sallyport.Gateway.Verification;
using Read = Sallyport.Gateway.Configuration.GatewayConfiguration;

namespace Sallyport.LoadTests.Benchmarks;

/// <summary>A whole gateway in this process that listens nowhere, a request for it, and a mint.</summary>
internal sealed class Workbench : IDisposable
{
    private const string Url = "http://127.0.0.1:8080";

    private readonly TokenForge _forge = new();
    private readonly SigningKey _key;
    private readonly GatewayMetrics _metrics = new();
    private readonly IHost _host;

    public Workbench(string algorithm)
    {
        var json = _forge.GatewayConfiguration(Url, "http://127.0.0.1:8081", "http://127.0.0.1:8082");
        var configuration = new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build();
        var reading = Read.Read(configuration, "Development", AppContext.BaseDirectory);
        _host = GatewayHost.Build(configuration, reading.Options!, "Development", AppContext.BaseDirectory);
        Verifier = _host.Services.GetRequiredService<TokenVerifier>();
        var routes = _host.Services.GetRequiredService<RouteTable>();
        Route = routes.Find(routes.GetConfig().Routes.Single(route => route.RouteId == "orders"))!;

        Token = _forge.Token(algorithm);
        Context.Features.Set<IPersistentStateFeature>(new Connection());
        Context.Request.Path = GatewayConfiguration.Orders;
        Context.Request.RouteValues["tenant"] = "acme";
        Context.Request.Headers.Authorization = $"Bearer {Token}";

        var set = JsonNode.Parse(json)!["Sallyport"]!["TrustedIssuers"]!["corp"]!["Keys"]!["Inline"]!.ToJsonString();
        if (!JwkSet.TryParse(Encoding.UTF8.GetBytes(set), 10, out var keys, out var problem)) throw new InvalidOperationException(problem);
        Key = keys.Keys.Single(key => key.KeyId == algorithm);

        _key = SigningKey.Generate(Algorithm.Find(algorithm)!, 2048);
        var own = new OwnKeys();
        own.Publish(new OpenRing(1, new ActiveKey(_key, TimeProvider.System.GetUtcNow().AddDays(1)), JwkSet.Of(_key.Public), null));
        var ring = new KeyRingOptions { Issuer = Url, Store = KeyStoreKind.Memory };
        Mint = new TokenMint(new IssuerOptions { Issuer = Url, Keys = ring, Clients = [] }, own, TimeProvider.System, _metrics, new AuditTrail(NullLogger<AuditTrail>.Instance));
    }

    public TokenVerifier Verifier { get; }

    public RouteRequirement Route { get; }

    public string Token { get; }

    public HttpContext Context { get; } = new DefaultHttpContext();

    public Jwk Key { get; }

    public TokenMint Mint { get; }

    public MintRequest MintRequest { get; } =
        new() { Type = "at+jwt", Subject = "load", Audiences = ["orders"], Lifetime = TimeSpan.FromMinutes(5), Actor = "load", Purpose = "client_credentials" };

    public void Dispose()
    {
        _host.Dispose();
        _metrics.Dispose();
        _key.Dispose();
        _forge.Dispose();
    }

    private sealed class Connection : IPersistentStateFeature
    {
        public IDictionary<object, object?> State { get; } = new Dictionary<object, object?>();
    }
}
