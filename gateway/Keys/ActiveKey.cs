namespace Sallyport.Gateway.Keys;

/// <summary>The key that signs now.</summary>
/// <param name="Key">The private key.</param>
/// <param name="NotAfter">No token that it signs is good any longer than this.</param>
internal sealed record ActiveKey(ITokenSigner Key, DateTimeOffset NotAfter)
{
    public override string ToString() => $"{Key} until {NotAfter:O}";
}
