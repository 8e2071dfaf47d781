using BenchmarkDotNet.Attributes;
using Sallyport.Gateway.Proxy;
using Sallyport.Gateway.Tokens;
using Sallyport.Gateway.Verification;

namespace Sallyport.LoadTests.Benchmarks;

/// <summary>The steps of the gate that do not depend on the algorithm.</summary>
public class Steps : IDisposable
{
    private Workbench _bench = null!;
    private CompactJws _jws = null!;
    private VerifiedToken _token = null!;
    private HttpRequestMessage _message = null!;

    [GlobalSetup]
    public async Task Set()
    {
        _bench = new Workbench("ES256");
        var verdict = await _bench.Verifier.VerifyAsync(_bench.Token, _bench.Route.Trust, client: null, CancellationToken.None);
        _token = _bench.Verifier.Remember(TokenDigest.Of(_bench.Token), verdict.Token!);
        if (!CompactJws.TryParse(_bench.Token, 16 * 1024, out var jws, out _)) throw new InvalidOperationException("The token cannot be read.");
        _jws = jws;
        _message = new HttpRequestMessage(HttpMethod.Get, "http://upstream/");
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _message.Dispose();
        _bench.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(Description = "cache hit: the token came last on its connection")]
    public bool Recall() =>
        BearerToken.TryFind(_bench.Context.Request, _bench.Route.Requirement.Token, out var text, out _)
        && _bench.Verifier.TryRecall(LastDigest.Of(_bench.Context, text), _bench.Route.Trust, out _);

    [Benchmark(Description = "cache hit: another came last")]
    public bool HashAndRecall() =>
        BearerToken.TryFind(_bench.Context.Request, _bench.Route.Requirement.Token, out var text, out _)
        && _bench.Verifier.TryRecall(TokenDigest.Of(text), _bench.Route.Trust, out _);

    [Benchmark(Description = "decide")]
    public bool Decide() => _bench.Route.Requirement.Decide(_token.Principal, _bench.Context.Request.RouteValues).IsAllowed;

    [Benchmark(Description = "strip the client's identity headers")]
    public int Strip() => _bench.Route.Folding.Strip(_bench.Context.Request.Headers);

    [Benchmark(Description = "project: 8 headers onto the request that goes out")]
    public void Project()
    {
        _message.Headers.Clear();
        _bench.Route.Projection.WriteTo(_message.Headers, _token);
    }

    [Benchmark(Description = "project for the first time")]
    public bool ProjectAnew()
    {
        _token.Derived = null;
        return _bench.Route.Projection.Fits(_token);
    }

    [Benchmark(Description = "parse: JWS and header")]
    public bool ParseJws() => CompactJws.TryParse(_bench.Token, 16 * 1024, out _, out _);

    [Benchmark(Description = "parse: claims set")]
    public bool ParseClaims() => ClaimsSet.TryParse(_jws.Payload.Span, out _, out _);
}
