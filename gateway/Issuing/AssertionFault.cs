using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Issuing;

/// <summary>Why a good token gets no assertion.</summary>
internal static class AssertionFault
{
    public static readonly TokenFault TooLarge = new("assertion_too_large", "The token's claims are too large for an assertion.");
}
