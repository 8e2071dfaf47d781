using System.Security.Claims;
using Sallyport.Gateway.Tokens;
using Sallyport.Gateway.Trust;
using Sallyport.Policies;

namespace Sallyport.Gateway.Verification;

/// <summary>A token that passed every check, without the token itself.</summary>
internal sealed class VerifiedToken(Principal principal, TrustedIssuer issuer, Jwk key, TrustModel trust, DateTimeOffset acceptedUntil)
{
    private VerifiedUser? _user;

    public Principal Principal { get; } = principal;

    public TrustedIssuer Issuer { get; } = issuer;

    /// <summary>The key that the signature was checked with.</summary>
    public Jwk Key { get; } = key;

    /// <summary>The configuration of trust under which the token was accepted.</summary>
    public TrustModel Trust { get; } = trust;

    /// <summary>The key set that last confirmed <see cref="Key"/>.</summary>
    public JwkSet? ConfirmedBy { get; set; }

    /// <summary>The moment from which the token would be refused: <c>exp</c> and the issuer's clock skew.</summary>
    public DateTimeOffset AcceptedUntil { get; } = acceptedUntil;

    /// <summary>The same principal as .NET knows it, for <c>HttpContext.User</c>.</summary>
    public ClaimsPrincipal User => _user ??= new VerifiedUser(this);

    /// <summary>Whatever a later layer derived from this token, and from nothing else.</summary>
    public object? Derived { get; set; }

    /// <summary>Names the issuer and the key only.</summary>
    public override string ToString() => $"Verified token of {Issuer.Name}, key {Key.Thumbprint}";
}
