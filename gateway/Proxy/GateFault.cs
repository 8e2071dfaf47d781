using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Proxy;

/// <summary>What can be wrong with a request whose token is good.</summary>
internal static class GateFault
{
    public static readonly TokenFault IdentityTooLarge = new("identity_too_large", "The token's claims are too large to forward as headers.");
}
