using Sallyport.Gateway.Tokens;
using Sallyport.Gateway.Trust;
using Sallyport.Gateway.Verification;

namespace Sallyport.Gateway.Cli;

/// <summary>What a person should know of a key.</summary>
internal static class KeyNote
{
    /// <summary>The kid, or else the thumbprint; a shared secret has neither.</summary>
    public static string NameOf(Jwk key) => key.KeyId ?? (key.KeyType == KeyType.Octets ? "secret" : key.Thumbprint);

    /// <summary>Why a key was not found, where the fault alone does not tell; null otherwise.</summary>
    public static string? Of(Verdict verdict) =>
        ReferenceEquals(verdict.Fault, TokenFault.KidUnknown) && verdict.Issuer?.Options.Keys.Kind == KeySourceKind.Own
            ? "Our own keys, as this process knows them: a ring in memory is another one in every process."
            : null;
}
