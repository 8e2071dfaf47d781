using System.Security.Claims;
using Sallyport.Policies;

namespace Sallyport.Gateway.Verification;

/// <summary>A verified principal as a <see cref="ClaimsIdentity"/>: named by <c>sub</c>, claims under their own names, one per element of an array.</summary>
internal sealed class VerifiedIdentity : ClaimsIdentity
{
    public const string BearerAuthentication = "Bearer";

    public VerifiedIdentity(VerifiedToken token)
        : base(BearerAuthentication, "sub", "roles")
    {
        Token = token;
        foreach (var (name, value) in token.Principal.Claims)
            foreach (var text in value.Scalars)
                AddClaim(new Claim(name, text, value.Kind == ClaimKind.Boolean ? ClaimValueTypes.Boolean : ClaimValueTypes.String, token.Principal.Issuer));
    }

    public VerifiedToken Token { get; }
}
