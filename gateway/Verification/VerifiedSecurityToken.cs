using Microsoft.IdentityModel.Tokens;

namespace Sallyport.Gateway.Verification;

/// <summary>A verified token in the form that the JwtBearer scheme hands to its events.</summary>
internal sealed class VerifiedSecurityToken(VerifiedToken token) : SecurityToken
{
    public override string Id => token.Principal.TokenId ?? "";

    public override string Issuer => token.Principal.Issuer;

    public override SecurityKey? SecurityKey => null;

    public override SecurityKey? SigningKey { get; set; }

    public override DateTime ValidFrom => DateTime.MinValue;

    public override DateTime ValidTo => token.Principal.Expires.UtcDateTime;
}
