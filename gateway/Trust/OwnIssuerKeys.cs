using System.Net;
using Sallyport.Gateway.Telemetry;
using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Trust;

/// <summary>Ourselves as a trusted issuer: the keys of our own ring, without HTTP.</summary>
internal sealed class OwnIssuerKeys(TrustedIssuerOptions issuer, IReadOnlyList<Algorithm> allowed, OwnPublicKeys own, GatewayMetrics metrics) : IIssuerKeys
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    public KeySet? Current => own.Current;

    public string Source => "our own key ring";

    public string? Unusable => own.Current is { } set ? set.Keys.Keys.Count == 0 ? "no usable key" : null : "this process has not read the key ring";

    public bool IsEphemeral => own.IsEphemeral;

    public ValueTask<KeyLookup> FindAsync(string? keyId, Algorithm algorithm, IPAddress? client, CancellationToken cancellation)
    {
        if (own.Current is { } set)
        {
            var selection = set.Keys.Select(keyId, algorithm, allowed);
            if (!WantedKey.IsMiss(selection)) return ValueTask.FromResult(KeyLookup.Of(selection, set));
            if (!own.CanLook)
            {
                metrics.KidMissed(issuer.Name, "unknown");
                return ValueTask.FromResult(KeyLookup.Of(selection, set));
            }
        }
        else if (!own.CanLook)
        {
            return ValueTask.FromException<KeyLookup>(new KeysUnavailableException(issuer.Name, RetryAfter));
        }

        return new(FindAfterLookAsync(keyId, algorithm, cancellation));
    }

    private async Task<KeyLookup> FindAfterLookAsync(string? keyId, Algorithm algorithm, CancellationToken cancellation)
    {
        var hasLooked = await own.LookAsync().WaitAsync(cancellation);
        if (own.Current is { } set)
        {
            var selection = set.Keys.Select(keyId, algorithm, allowed);
            var isMiss = WantedKey.IsMiss(selection);
            // A kid that could not be looked for is no bad token.
            if (hasLooked || !isMiss)
            {
                metrics.KidMissed(issuer.Name, isMiss ? "unknown" : "found");
                return KeyLookup.Of(selection, set);
            }
        }

        metrics.KidMissed(issuer.Name, "unavailable");
        throw new KeysUnavailableException(issuer.Name, RetryAfter);
    }
}
