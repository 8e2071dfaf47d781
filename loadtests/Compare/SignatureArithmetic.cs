using System.Text;
using System.Text.Json.Nodes;
using Sallyport.Gateway.Tokens;

namespace Sallyport.LoadTests.Compare;

/// <summary>CPU time of verifying a signature, and nothing else of a token, by the gateway's own code, in this process.</summary>
/// <remarks>On as many threads as there are processors: under load a processor shares its core with another that works, and is slower for it.</remarks>
internal sealed class SignatureArithmetic
{
    private const int Tokens = 2_000;

    private readonly JwkSet _keys;
    private readonly Dictionary<string, List<double>> _took = new(StringComparer.Ordinal);

    /// <param name="keys">A JWK Set; each kid is its algorithm.</param>
    public SignatureArithmetic(JsonNode keys) =>
        _keys = JwkSet.TryParse(Encoding.UTF8.GetBytes(keys.ToJsonString()), 16, out var set, out var problem) ? set : throw new InvalidDataException(problem);

    /// <summary>Microseconds a signature, of the rounds; null where none was measured.</summary>
    public Spread? Of(string algorithm) => _took.TryGetValue(algorithm, out var took) ? Spread.Of(took) : null;

    public async Task MeasureAsync(IReadOnlyDictionary<string, string[]> tokens, bool isWarmUp)
    {
        foreach (var (algorithm, all) in tokens)
        {
            CompactJws[] parsed = [.. all.Take(Tokens).Select(Parse)];
            var key = _keys.Keys.Single(key => string.Equals(key.KeyId, algorithm, StringComparison.Ordinal));
            var threads = Environment.ProcessorCount;
            GC.Collect();
            var cpu = ProcessClock.Microseconds(Environment.ProcessId);
            await Task.WhenAll(Enumerable.Range(0, threads).Select(_ => Task.Run(() => Verify(key, parsed))));
            cpu = ProcessClock.Microseconds(Environment.ProcessId) - cpu;
            if (isWarmUp) continue;
            if (!_took.TryGetValue(algorithm, out var took)) _took[algorithm] = took = [];
            took.Add(cpu / (threads * parsed.Length));
        }
    }

    private static CompactJws Parse(string token) =>
        CompactJws.TryParse(token, JwsCheck.MaxBytes, out var jws, out var fault) ? jws : throw new InvalidDataException(fault.ToString());

    private static void Verify(Jwk key, CompactJws[] tokens)
    {
        foreach (var jws in tokens)
            if (!key.Verify(jws.Header.Algorithm, jws.SigningInput, jws.Signature))
                throw new InvalidDataException("A signature of this run is not valid.");
    }
}
