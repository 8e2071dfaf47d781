using BenchmarkDotNet.Attributes;
using Sallyport.Gateway.Tokens;

namespace Sallyport.LoadTests.Benchmarks;

/// <summary>The steps that depend on the algorithm.</summary>
public class Signatures : IDisposable
{
    // So many make a key earn what it may have (see EcKey).
    private const int Earning = 1_001;

    private Workbench _bench = null!;
    private CompactJws _jws = null!;

    [Params("ES256", "RS256", "EdDSA")]
    public string Algorithm { get; set; } = "";

    [GlobalSetup]
    public async Task Set()
    {
        _bench = new Workbench(Algorithm);
        if (!CompactJws.TryParse(_bench.Token, 16 * 1024, out var jws, out _)) throw new InvalidOperationException("The token cannot be read.");
        _jws = jws;
        for (var i = 0; i < Earning; i++)
        {
            if (!Arithmetic()) throw new InvalidOperationException("The signature is not good.");
            await _bench.Verifier.VerifyAsync(_bench.Token, _bench.Route.Trust, client: null, CancellationToken.None);
        }

        // What it earned is made beside it.
        await Task.Delay(TimeSpan.FromSeconds(1));
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _bench.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(Description = "verify: the signature alone")]
    public bool Arithmetic() => _bench.Key.Verify(_jws.Header.Algorithm, _jws.SigningInput, _jws.Signature);

    [Benchmark(Description = "verify: parse, key, signature, claims, principal")]
    public async Task<bool> Verify() =>
        (await _bench.Verifier.VerifyAsync(_bench.Token, _bench.Route.Trust, client: null, CancellationToken.None)).Token is not null;

    [Benchmark(Description = "mint: an access token, recorded in the log")]
    public async Task<int> Mint() => (await _bench.Mint.MintAsync(_bench.MintRequest, CancellationToken.None)).Text.Length;
}
