using System.Net;
using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Trust;

/// <summary>Keys that the configuration itself holds or points to: inline, PEM files, a shared secret.</summary>
internal sealed class LocalKeys(JwkSet keys, IReadOnlyList<Algorithm> allowed, string source) : IIssuerKeys
{
    public KeySet Current { get; } = new(keys, 0, long.MaxValue, long.MaxValue);

    public string Source { get; } = source;

    public string? Unusable => Current.Keys.Keys.Count == 0 ? "no usable key" : null;

    public ValueTask<KeyLookup> FindAsync(string? keyId, Algorithm algorithm, IPAddress? client, CancellationToken cancellation) =>
        ValueTask.FromResult(KeyLookup.Of(Current.Keys.Select(keyId, algorithm, allowed), Current));
}
