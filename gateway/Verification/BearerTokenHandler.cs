using Microsoft.IdentityModel.Tokens;
using Sallyport.Gateway.Trust;

namespace Sallyport.Gateway.Verification;

/// <summary>Puts <see cref="TokenVerifier"/> under ASP.NET Core's JwtBearer scheme, in place of IdentityModel's own checks.</summary>
internal sealed class BearerTokenHandler(TokenVerifier verifier, TrustedIssuers issuers) : TokenHandler
{
    public override async Task<TokenValidationResult> ValidateTokenAsync(string token, TokenValidationParameters validationParameters)
    {
        try
        {
            var (digest, trust) = (TokenDigest.Of(token), issuers.Current);
            if (!verifier.TryRecall(digest, trust, out var verified))
            {
                var verdict = await verifier.VerifyAsync(token, trust, client: null, CancellationToken.None);
                if (verdict.Token is null) return Failed(new SecurityTokenException(verdict.Fault!.Code));
                verified = verifier.Remember(digest, verdict.Token);
            }

            return new TokenValidationResult
            {
                IsValid = true,
                ClaimsIdentity = new VerifiedIdentity(verified),
                Issuer = verified.Principal.Issuer,
                SecurityToken = new VerifiedSecurityToken(verified),
            };
        }
        catch (Exception e) when (e is KeysUnavailableException or NotInitialisedException)
        {
            return Failed(e);
        }
    }

    private static TokenValidationResult Failed(Exception reason) => new() { IsValid = false, Exception = reason };
}
