using Sallyport.Gateway.Tokens;
using Sallyport.Gateway.Trust;

namespace Sallyport.Gateway.Verification;

/// <summary>What verifying a token came to: the verified token, or its fault. A bad token is a value, never an exception.</summary>
/// <param name="Token">Set when every check held.</param>
/// <param name="Fault">Set otherwise.</param>
/// <param name="Step">The step that was reached.</param>
/// <param name="Issuer">The trusted issuer that the token names, once that is known.</param>
internal readonly record struct Verdict(VerifiedToken? Token, TokenFault? Fault, VerificationStep Step, TrustedIssuer? Issuer)
{
    public static Verdict Accepted(VerifiedToken token) => new(token, null, VerificationStep.Principal, token.Issuer);

    public static Verdict Refused(TokenFault fault, VerificationStep step, TrustedIssuer? issuer = null) => new(null, fault, step, issuer);
}
