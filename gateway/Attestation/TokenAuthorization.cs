using System.Security.Cryptography;
using System.Text;

namespace Sallyport.Gateway.Attestation;

/// <summary>The token that authorised an attestation, as the statement has it: enough to recognise the token, and no part of it that could be used.</summary>
/// <param name="Sha256">Of the token's characters: 64 hexadecimal digits in lower case, as in-toto writes digests.</param>
internal sealed record TokenAuthorization(string Sha256, string Issuer, string Subject, string? TokenId)
{
    /// <summary>The member of the predicate: in-toto and SLSA name extensions <c>VENDOR_FIELD</c>.</summary>
    public const string Member = "sallyport_authorization";

    public static string HashOf(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
