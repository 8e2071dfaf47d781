using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Trust;

/// <summary>An issuer's public keys as of one moment: immutable, published by swapping one reference.</summary>
/// <param name="Keys">The keys.</param>
/// <param name="FetchedAt">Timestamp (<see cref="TimeProvider.GetTimestamp"/>) of the answer that confirmed them.</param>
/// <param name="SoftExpiry">Timestamp after which a refresh is due; <see cref="long.MaxValue"/> for local keys.</param>
/// <param name="HardExpiry">Timestamp after which the keys are trusted no longer; <see cref="long.MaxValue"/> for local keys.</param>
internal sealed record KeySet(JwkSet Keys, long FetchedAt, long SoftExpiry, long HardExpiry)
{
    /// <summary>Whether the very key, same name and same material, is still in the set.</summary>
    public bool Holds(Jwk key)
    {
        foreach (var held in Keys.Keys)
            if (ReferenceEquals(held, key) || AreSame(held, key))
                return true;
        return false;
    }

    /// <summary>Whether both sets hold the same keys under the same names.</summary>
    public bool HasKeysOf(JwkSet other) => Keys.Keys.Count == other.Keys.Count && other.Keys.All(Holds);

    private static bool AreSame(Jwk a, Jwk b) =>
        string.Equals(a.KeyId, b.KeyId, StringComparison.Ordinal) && a.Algorithm == b.Algorithm && a.Material.IsSameAs(b.Material);
}
