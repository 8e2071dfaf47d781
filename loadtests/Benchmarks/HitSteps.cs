using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Http;
using Sallyport.Gateway.Verification;
using Yarp.ReverseProxy.Transforms;

namespace Sallyport.LoadTests.Benchmarks;

/// <summary>The steps of a request whose token was seen before.</summary>
public class HitSteps
{
    private readonly HttpRequestMessage _outgoing = new();
    private GateParts _parts = null!;
    private string _token = "";
    private string _authorization = "";
    private VerifiedToken _verified = null!;
    private HttpContext _context = null!;
    private RequestDelegate _gate = null!;
    private RequestTransform[] _transforms = [];
    private RequestTransformContext _transforming = null!;

    [GlobalSetup]
    public async Task SetUpAsync()
    {
        _parts = new GateParts();
        _token = _parts.Token("ES256");
        _authorization = "Bearer " + _token;
        _context = GateParts.Request(_token);
        _gate = _parts.Gate.Before(static _ => Task.CompletedTask, _parts.Route);
        await _gate(_context);
        if (_context.User is not VerifiedUser user) throw new InvalidDataException("The gate refused it.");
        _verified = user.Token;
        await _parts.Assertion.AssertAsync(_verified, "orders", CancellationToken.None);
        _transforms = _parts.Transforms();
        _transforming = new RequestTransformContext { HttpContext = _context, ProxyRequest = _outgoing, Path = _context.Request.Path, HeadersCopied = true };
    }

    [GlobalCleanup]
    public void CleanUp() => _parts.Dispose();

    [Benchmark(Description = "digest: SHA-256 of the token")]
    public int Digest() => TokenDigest.Of(_token).GetHashCode();

    [Benchmark(Description = "digest and recall")]
    public bool Recall() => _parts.Verifier.TryRecall(TokenDigest.Of(_token), _parts.Trust, out _);

    [Benchmark(Description = "decide: issuer, tenant, scope")]
    public bool Decide() => _parts.Route.Requirement.Decide(_verified.Principal, _context.Request.RouteValues).IsAllowed;

    [Benchmark(Description = "the whole gate, forwarder left out")]
    public Task GateAsync() => _gate(_context);

    [Benchmark(Description = "assertion at hand")]
    public string? AtHand() => _parts.Assertion.IsAtHand(_verified) ? _parts.Assertion.Held(_verified) : throw new InvalidDataException("It is not at hand.");

    [Benchmark(Description = "project: identity headers onto a request")]
    public void Project()
    {
        _outgoing.Headers.Clear();
        _parts.Projection.WriteTo(_outgoing.Headers, _verified);
    }

    [Benchmark(Description = "transforms: token out, identity headers in")]
    public async Task TransformAsync()
    {
        _outgoing.Headers.Clear();
        // As YARP copied it.
        _outgoing.Headers.TryAddWithoutValidation("Authorization", _authorization);
        foreach (var transform in _transforms) await transform.ApplyAsync(_transforming);
    }
}
