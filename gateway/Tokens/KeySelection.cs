namespace Sallyport.Gateway.Tokens;

/// <summary>The one key that a token's signature is checked with, or why there is none.</summary>
internal readonly record struct KeySelection(Jwk? Key, TokenFault? Fault)
{
    public static implicit operator KeySelection(Jwk key) => new(key, null);

    public static implicit operator KeySelection(TokenFault fault) => new(null, fault);
}
