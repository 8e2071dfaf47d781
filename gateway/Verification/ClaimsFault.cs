using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Verification;

/// <summary>What can be wrong with a token whose parts are well formed: its type and its claims.</summary>
internal static class ClaimsFault
{
    public static readonly TokenFault TypeNotAllowed = new("type_not_allowed", "The token's type is not accepted from this issuer.");
    public static readonly TokenFault IssuerMissing = new("issuer_missing", "The token names no issuer.");
    public static readonly TokenFault IssuerUnknown = new("issuer_unknown", "The token's issuer is not trusted here.");
    public static readonly TokenFault SubjectMissing = new("subject_missing", "The token names no subject.");
    public static readonly TokenFault AudienceMissing = new("audience_missing", "The token names no audience.");
    public static readonly TokenFault AudienceMismatch = new("audience_mismatch", "The token is for another audience.");
    public static readonly TokenFault ExpiryMissing = new("expiry_missing", "The token has no expiry.");
    public static readonly TokenFault Expired = new("token_expired", "The token has expired.");
    public static readonly TokenFault NotYetValid = new("token_not_yet_valid", "The token is not valid yet.");
    public static readonly TokenFault IssuedInFuture = new("issued_in_future", "The token says it was issued in the future.");
    public static readonly TokenFault LifetimeTooLong = new("lifetime_too_long", "The token lives longer than its issuer may make it.");
    public static readonly TokenFault ClaimMissing = new("required_claim_missing", "The token lacks a claim that is required of its issuer.");
    public static readonly TokenFault Revoked = new("token_revoked", "The token has been revoked.");
}
