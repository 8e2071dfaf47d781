using System.Security.Claims;
using Sallyport.Gateway.Revocation;
using Sallyport.Gateway.Tokens;
using Sallyport.Gateway.Trust;
using Sallyport.Policies;

namespace Sallyport.Gateway.Verification;

/// <summary>A token that passed every check, without the token itself.</summary>
internal sealed class VerifiedToken(Principal principal, TrustedIssuer issuer, Jwk key, TrustModel trust, DateTimeOffset acceptedUntil)
{
    private VerifiedUser? _user;
    private RevocationKey[]? _revocationKeys;
    private object? _kept;

    public Principal Principal { get; } = principal;

    public TrustedIssuer Issuer { get; } = issuer;

    /// <summary>The key that the signature was checked with.</summary>
    public Jwk Key { get; } = key;

    /// <summary>The configuration of trust under which the token was accepted.</summary>
    public TrustModel Trust { get; } = trust;

    /// <summary>The key set that last confirmed <see cref="Key"/>.</summary>
    public JwkSet? ConfirmedBy { get; set; }

    /// <summary>The <c>iat</c> in whole seconds since 1970, if the token has one.</summary>
    public long? IssuedAt { get; init; }

    /// <summary>The <see cref="RevocationSet.Version"/> that last did not hold it; the empty set holds nothing.</summary>
    public long ClearedBy { get; set; } = RevocationSet.Empty.Version;

    /// <summary>What a revocation of this token alone, or of its subject, would be found by; made when first asked for.</summary>
    public ReadOnlySpan<RevocationKey> RevocationKeys => _revocationKeys ??= MakeRevocationKeys();

    /// <summary>The moment from which the token would be refused: <c>exp</c> and the issuer's clock skew.</summary>
    public DateTimeOffset AcceptedUntil { get; } = acceptedUntil;

    /// <summary>The same principal as .NET knows it, for <c>HttpContext.User</c>.</summary>
    public ClaimsPrincipal User => _user ??= new VerifiedUser(this);

    /// <summary>Whatever a later layer derived from this token, and from nothing else.</summary>
    public object? Derived { get; set; }

    /// <summary>What a later layer keeps of this token from its first request on; null before <see cref="Keep"/>.</summary>
    public object? Kept => Volatile.Read(ref _kept);

    /// <summary>Whether the issuer's keys of now no longer hold the one that signed this token. One comparison, unless they changed.</summary>
    public bool IsKeyDropped
    {
        get
        {
            if (Issuer.Keys.Current is not { } set || ReferenceEquals(ConfirmedBy, set.Keys)) return false;
            if (!set.Holds(Key)) return true;
            ConfirmedBy = set.Keys;
            return false;
        }
    }

    /// <summary>Keeps <paramref name="first"/>, unless another thread was faster; returns what is kept.</summary>
    public object Keep(object first) => Interlocked.CompareExchange(ref _kept, first, null) ?? first;

    /// <summary>Names the issuer and the key only.</summary>
    public override string ToString() => $"Verified token of {Issuer.Name}, key {Key.Thumbprint}";

    private RevocationKey[] MakeRevocationKeys()
    {
        var subject = RevocationKey.Of(RevocationKind.Subject, Principal.Issuer, Principal.Subject);
        return Principal.TokenId is { } id ? [RevocationKey.Of(RevocationKind.TokenId, Principal.Issuer, id), subject] : [subject];
    }
}
