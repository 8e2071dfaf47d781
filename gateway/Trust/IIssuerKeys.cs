using System.Net;
using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Trust;

/// <summary>The keys of one trusted issuer: local ones, or a cache of remote ones.</summary>
internal interface IIssuerKeys
{
    /// <summary>The keys now; null before the first set came.</summary>
    KeySet? Current { get; }

    /// <summary>What <c>check</c> and the start log say of the source; never a secret.</summary>
    string Source { get; }

    /// <summary>Why there are no usable keys; null while there are.</summary>
    string? Unusable { get; }

    /// <summary>Finds the key that a token's header names.</summary>
    /// <param name="keyId">The header's <c>kid</c>; null for none.</param>
    /// <param name="algorithm">The header's <c>alg</c>, which a key must agree to.</param>
    /// <param name="client">Who sent the token: misses are budgeted by address.</param>
    /// <param name="cancellation">Ends this caller's waiting, never a fetch that others share.</param>
    /// <exception cref="KeysUnavailableException">The keys cannot be had now.</exception>
    ValueTask<KeyLookup> FindAsync(string? keyId, Algorithm algorithm, IPAddress? client, CancellationToken cancellation);
}
