using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Sallyport.Gateway.Audit;
using Sallyport.Gateway.Issuing;
using Sallyport.Gateway.Keys;
using Sallyport.Gateway.Proxy;
using Sallyport.Gateway.Revocation;
using Sallyport.Gateway.Telemetry;
using Sallyport.Gateway.Tokens;
using Sallyport.Gateway.Trust;
using Sallyport.Gateway.Verification;
using Sallyport.Policies;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace Sallyport.LoadTests.Benchmarks;

/// <summary>The gateway's own parts, put together as it does: one trusted issuer with a key for each algorithm, one route, no network.</summary>
internal sealed class GateParts : IDisposable
{
    private const string OwnIssuer = "https://gateway.example.com";

    private readonly Dictionary<string, TokenKey> _keys = new(StringComparer.Ordinal);
    private readonly GatewayMetrics _metrics = new();
    private readonly RevocationCheck _revocations = new(new RevocationList(new RevocationOptions(), TimeProvider.System, isShared: false));
    private readonly ExpiryWatch _watch;
    private readonly SigningKey _signing;
    private int _serial;

    /// <param name="signingAlgorithm">Of the gateway's own key.</param>
    public GateParts(string signingAlgorithm = "ES256")
    {
        Algorithm[] algorithms = [.. ((string[])["ES256", "RS256", "EdDSA"]).Select(name => Algorithm.Find(name)!)];
        foreach (var algorithm in algorithms) _keys[algorithm.Name] = new TokenKey(algorithm.Name);
        var set = new JsonObject { ["keys"] = new JsonArray([.. _keys.Values.Select(key => key.PublicJwk())]) };
        Keys = JwkSet.TryParse(Encoding.UTF8.GetBytes(set.ToJsonString()), 16, out var keys, out var problem) ? keys : throw new InvalidDataException(problem);
        var options = new TrustedIssuerOptions { Name = "corp", Issuer = TokenForge.Issuer, Audiences = ["api"], Keys = new() { Kind = KeySourceKind.Inline } };
        Trust = new TrustModel([new TrustedIssuer(options, algorithms, new LocalKeys(Keys, algorithms, "inline"))]);
        Verifier = new TokenVerifier(new VerifiedTokens(new VerifiedTokensOptions(), TimeProvider.System), _revocations, TimeProvider.System, _metrics);

        _signing = SigningKey.Generate(Algorithm.Find(signingAlgorithm)!, 2048);
        var own = new OwnKeys();
        own.Publish(new OpenRing(1, new ActiveKey(_signing, TimeProvider.System.GetUtcNow().AddDays(1)), JwkSet.Of(_signing.Public), null));
        var audit = new AuditTrail(NullLogger<AuditTrail>.Instance);
        var ring = new KeyRingOptions { Issuer = OwnIssuer, Store = KeyStoreKind.Memory };
        Mint = new TokenMint(new IssuerOptions { Issuer = OwnIssuer, Keys = ring, Clients = [] }, own, TimeProvider.System, _metrics, audit);
        var assertions = new AssertionMint(Mint, own, TimeProvider.System, _metrics, audit, new SharedAssertions());
        Assertion = new AssertionAudience("orders", new AssertionOptions { Lifetime = TimeSpan.FromMinutes(5) }, assertions);

        var policy = new PolicyOptions { Name = "orders-read", Issuers = ["corp"], AllScopes = ["orders:read"], Tenant = new("tenant", "org_id") };
        var forwarding = new ForwardingOptions { Claims = new Dictionary<string, string>(StringComparer.Ordinal) { ["Email"] = "email" } };
        Projection = new HeaderProjection(forwarding);
        Route = new RouteRequirement(
            "orders", Requirement.Compile([policy])[policy.Name], Trust, KeepToken: false, CloseOnExpiry: true, new HeaderFolding(forwarding.Prefix), Projection);
        _watch = new ExpiryWatch(_revocations, TimeProvider.System);
        Gate = new Gate(Verifier, _revocations, _watch, TimeProvider.System, _metrics, NullLogger<Gate>.Instance);
    }

    public JwkSet Keys { get; }

    public TrustModel Trust { get; }

    public TokenVerifier Verifier { get; }

    public TokenMint Mint { get; }

    public AssertionAudience Assertion { get; }

    public HeaderProjection Projection { get; }

    public RouteRequirement Route { get; }

    public Gate Gate { get; }

    /// <summary>A token of an ordinary employee, unlike every other one.</summary>
    public string Token(string algorithm) => _keys[algorithm].Sign(TokenForge.Claims(TokenForge.Issuer, ++_serial));

    /// <summary>The key that such tokens are verified with.</summary>
    public Jwk KeyOf(string algorithm) => Keys.Keys.Single(key => key.Algorithm?.Name == algorithm);

    /// <summary>What the verifier makes of it.</summary>
    /// <exception cref="InvalidDataException">It refuses it.</exception>
    public async Task<VerifiedToken> VerifiedAsync(string token)
    {
        var verdict = await Verifier.VerifyAsync(token, Trust, client: null, CancellationToken.None);
        return verdict.Token ?? throw new InvalidDataException(verdict.Fault?.Code);
    }

    /// <summary>A request as it is at the gate: matched to its route.</summary>
    public static HttpContext Request(string token)
    {
        var context = new DefaultHttpContext();
        context.Request.Method = "GET";
        context.Request.Path = GatewayConfiguration.Orders;
        context.Request.RouteValues["tenant"] = "acme";
        context.Request.Headers.Host = "localhost";
        context.Request.Headers.UserAgent = "load";
        context.Request.Headers.Accept = "application/json";
        context.Request.Headers.Authorization = "Bearer " + token;
        return context;
    }

    /// <summary>The transforms that YARP runs on a request of the route, in order.</summary>
    public RequestTransform[] Transforms()
    {
        var table = new RouteTable();
        var route = new RouteConfig { RouteId = "orders", ClusterId = "upstream", AuthorizationPolicy = "orders-read", Match = new RouteMatch { Path = "/orders/{tenant}/{**rest}" } };
        table.Publish([(route, Route)], [new ClusterConfig { ClusterId = "upstream" }]);
        var context = new TransformBuilderContext { Route = table.GetConfig().Routes[0] };
        new IdentityTransforms(table).Apply(context);
        return [.. context.RequestTransforms];
    }

    public void Dispose()
    {
        _watch.Dispose();
        _signing.Dispose();
        _metrics.Dispose();
        foreach (var key in _keys.Values) key.Dispose();
    }
}
