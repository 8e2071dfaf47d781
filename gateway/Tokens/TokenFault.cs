namespace Sallyport.Gateway.Tokens;

/// <summary>Why a token is refused. A value, not an exception: hostile tokens are ordinary input.</summary>
/// <param name="Code">The stable reason, snake_case: the same in responses, metrics, logs and verbs.</param>
/// <param name="Detail">A fixed sentence. It never repeats anything that the token says.</param>
internal sealed record TokenFault(string Code, string Detail)
{
    public static readonly TokenFault TooLong = new("token_too_long", "The token is longer than this gateway accepts.");
    public static readonly TokenFault Malformed = new("token_malformed", "The token is not a JWS in compact form with canonical base64url parts.");
    public static readonly TokenFault Encrypted = new("token_encrypted", "The token is encrypted; only signed tokens are accepted.");
    public static readonly TokenFault Nested = new("token_nested", "The token carries another token; nested tokens are not accepted.");
    public static readonly TokenFault Unsecured = new("algorithm_none", "The token is unsecured: its header says that nothing signs it.");
    public static readonly TokenFault HeaderInvalid = new("header_invalid", "The header of the token is not a valid JOSE header.");
    public static readonly TokenFault CriticalUnknown = new("crit_unknown", "The header marks an extension critical that this gateway does not implement.");
    public static readonly TokenFault AlgorithmMissing = new("algorithm_unknown", "The header names no signature algorithm.");
    public static readonly TokenFault AlgorithmUnknown = new("algorithm_unknown", "The header names a signature algorithm that this gateway does not know.");
    public static readonly TokenFault AlgorithmNotAllowed = new("algorithm_not_allowed", "The signature algorithm of the header is not one that the issuer may use.");
    public static readonly TokenFault AlgorithmMismatch = new("algorithm_mismatch", "The key that the header names is not a key of the header's algorithm.");
    public static readonly TokenFault KidUnknown = new("kid_unknown", "The header names a key that the issuer does not publish.");
    public static readonly TokenFault KidMissing = new("kid_missing", "The header names no key, and not exactly one key of the issuer fits.");
    public static readonly TokenFault SignatureInvalid = new("signature_invalid", "The signature is not valid for this token and key.");
    public static readonly TokenFault ClaimsMalformed = new("claims_malformed", "The payload is not a valid JWT claims set.");
}
