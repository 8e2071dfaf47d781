using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Keys;

/// <summary>The ring as this process knows it at one moment: immutable, published by swapping one reference.</summary>
/// <param name="Epoch">Grows with every change of the ring.</param>
/// <param name="Active">What signs; null where it cannot be had, for the reason in <paramref name="Problem"/>.</param>
/// <param name="Published">The public keys of the JWK Set: prepared, active, and retired ones whose tokens may still be good.</param>
/// <param name="Problem">What an operator should know; null while all is well.</param>
internal sealed record OpenRing(long Epoch, ActiveKey? Active, JwkSet Published, string? Problem)
{
    /// <summary>What identities of workloads say of the published keys, as compact JWS.</summary>
    public IReadOnlyList<(string KeyId, string Endorsement)> Endorsements { get; init; } = [];
}
