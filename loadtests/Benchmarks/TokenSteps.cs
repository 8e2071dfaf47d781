using System.Text;
using BenchmarkDotNet.Attributes;
using Sallyport.Gateway.Issuing;
using Sallyport.Gateway.Tokens;

namespace Sallyport.LoadTests.Benchmarks;

/// <summary>The steps of a token that was not seen before, and of one of our own, by algorithm.</summary>
public class TokenSteps
{
    private static readonly MintRequest Request = new()
    {
        Type = "at+jwt", Subject = "user-1", Audiences = ["orders"], Lifetime = TimeSpan.FromMinutes(5), Actor = "load", Purpose = "client_credentials",
    };

    private GateParts _parts = null!;
    private string _token = "";
    private CompactJws _jws = null!;
    private byte[] _false = [];
    private Jwk _key = null!;
    private Jwk _young = null!;

    [Params("ES256", "RS256", "EdDSA")]
    public string Algorithm { get; set; } = "";

    [GlobalSetup]
    public async Task SetUpAsync()
    {
        _parts = new GateParts(Algorithm);
        _token = _parts.Token(Algorithm);
        _key = _parts.KeyOf(Algorithm);
        // Only good signatures bring a key its table: this one gets none.
        _young = new Jwk(_key.Material, "young", null);
        _jws = Parsed();
        _false = Encoding.ASCII.GetBytes("not what was signed");
        await _parts.VerifiedAsync(_token);
    }

    [GlobalCleanup]
    public void CleanUp() => _parts.Dispose();

    [Benchmark(Description = "parse: form, header, claims")]
    public int Parse() => ClaimsSet.TryParse(Parsed().Payload.Span, out var claims, out _) ? claims.All.Count : throw new InvalidDataException("It is no token.");

    [Benchmark(Description = "signature alone")]
    public bool Signature() => _key.Verify(_jws.Header.Algorithm, _jws.SigningInput, _jws.Signature) ? true : throw new InvalidDataException("It is not good.");

    [Benchmark(Description = "false signature alone; for ES256, no table")]
    public bool FalseSignature() => _young.Verify(_jws.Header.Algorithm, _false, _jws.Signature) ? throw new InvalidDataException("It is good.") : false;

    [Benchmark(Description = "verify: the whole verifier")]
    public async Task VerifyAsync() => await _parts.VerifiedAsync(_token);

    [Benchmark(Description = "mint a token")]
    public async Task MintAsync() => await _parts.Mint.MintAsync(Request, CancellationToken.None);

    private CompactJws Parsed() => CompactJws.TryParse(_token, 8192, out var jws, out var fault) ? jws : throw new InvalidDataException(fault.Code);
}
