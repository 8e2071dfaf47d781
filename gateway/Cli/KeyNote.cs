using Sallyport.Gateway.Tokens;
using Sallyport.Gateway.Trust;
using Sallyport.Gateway.Verification;

namespace Sallyport.Gateway.Cli;

/// <summary>What a person should know of a key that was not found.</summary>
internal static class KeyNote
{
    public static string? Of(Verdict verdict) =>
        ReferenceEquals(verdict.Fault, TokenFault.KidUnknown) && verdict.Issuer?.Options.Keys.Kind == KeySourceKind.Development
            ? "The development issuer makes a new key in every process: only the gateway that printed a token can verify it."
            : null;
}
