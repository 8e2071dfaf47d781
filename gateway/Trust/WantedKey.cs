using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Trust;

/// <summary>The key that a token's header names, which made somebody ask for newer keys.</summary>
/// <param name="KeyId">The header's <c>kid</c>; null for none.</param>
/// <param name="Algorithm">The header's <c>alg</c>.</param>
internal sealed record WantedKey(string? KeyId, Algorithm Algorithm)
{
    /// <summary>Whether the set answers for the key: has it, or refuses it for another reason than not knowing it.</summary>
    public bool IsIn(JwkSet keys, IReadOnlyList<Algorithm> allowed) => !IsMiss(keys.Select(KeyId, Algorithm, allowed));

    public static bool IsMiss(KeySelection selection) => ReferenceEquals(selection.Fault, TokenFault.KidUnknown);
}
