using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Trust;

/// <summary>What looking for a token's key came to: the key and the set that it is from, or the fault of the token.</summary>
internal readonly record struct KeyLookup(Jwk? Key, KeySet? Set, TokenFault? Fault)
{
    public static KeyLookup Of(KeySelection selection, KeySet set) => new(selection.Key, set, selection.Fault);
}
