namespace Sallyport.Gateway.Issuing;

/// <summary>Why the token endpoint refuses: the one table of its errors (RFC 6749 section 5.2, RFC 8693 section 2.2.2, RFC 8707 section 2).</summary>
/// <param name="Error">The <c>error</c> of the answer.</param>
/// <param name="Reason">A code of our own, finer than that: for metrics and the audit.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Description">A fixed sentence; it never repeats anything of the request.</param>
internal sealed record TokenError(string Error, string Reason, int Status, string Description)
{
    private const string Request = "invalid_request";
    private const string Client = "invalid_client";
    private const string Away = "temporarily_unavailable";
    private const string Slow = "slow_down";
    private const string Unproven = "The client could not be authenticated.";

    // The request as such.
    public static readonly TokenError MethodNotAllowed = new(Request, "method_not_allowed", 405, "Tokens are asked for by POST.");
    public static readonly TokenError BodyTooLarge = new(Request, "body_too_large", 413, "The body is too large.");
    public static readonly TokenError FormMalformed = new(Request, "form_malformed", 400, "The body is no form (application/x-www-form-urlencoded) in UTF-8.");
    public static readonly TokenError ParameterRepeated = new(Request, "parameter_repeated", 400, "A parameter stands in the form more than once.");
    public static readonly TokenError GrantMissing = new(Request, "grant_type_missing", 400, "There is no grant_type.");
    public static readonly TokenError GrantUnsupported = new("unsupported_grant_type", "grant_type_unsupported", 400, "This grant_type is not supported.");

    // The client. What is said before it has proved itself is the same for all that do not.
    public static readonly TokenError ClientMissing = new(Client, "client_missing", 401, "The client must authenticate: client_secret_basic or private_key_jwt.");
    public static readonly TokenError MethodUnsupported = new(Client, "client_method_unsupported", 401, "This way to authenticate is not supported: use client_secret_basic or private_key_jwt.");
    public static readonly TokenError MethodsSeveral = new(Request, "client_methods_several", 400, "The client authenticates in more than one way.");
    public static readonly TokenError ClientMismatch = new(Request, "client_id_mismatch", 400, "The client_id is not that of the client that authenticated.");
    public static readonly TokenError CredentialsMalformed = new(Client, "credentials_malformed", 401, Unproven);
    public static readonly TokenError ClientUnknown = new(Client, "client_unknown", 401, Unproven);
    public static readonly TokenError SecretWrong = new(Client, "client_secret_wrong", 401, Unproven);
    public static readonly TokenError AssertionMalformed = new(Client, "client_assertion_malformed", 401, Unproven);
    public static readonly TokenError AssertionKeyUnknown = new(Client, "client_assertion_key_unknown", 401, Unproven);
    public static readonly TokenError AssertionForged = new(Client, "client_assertion_signature_invalid", 401, Unproven);
    public static readonly TokenError AssertionType = new(Client, "client_assertion_type_not_allowed", 401, "The client assertion's typ is that of another kind of token.");
    public static readonly TokenError AssertionAudience = new(Client, "client_assertion_audience", 401, "The client assertion's aud must be this issuer or its token endpoint, and nothing else.");
    public static readonly TokenError AssertionExpired = new(Client, "client_assertion_expired", 401, "The client assertion has expired, or has no exp.");
    public static readonly TokenError AssertionTooLong = new(Client, "client_assertion_lifetime", 401, "The client assertion's exp is too far ahead: at most five minutes.");
    public static readonly TokenError AssertionTooEarly = new(Client, "client_assertion_not_yet_valid", 401, "The client assertion is not valid yet.");
    public static readonly TokenError AssertionUnnamed = new(Client, "client_assertion_jti_missing", 401, "The client assertion has no jti, or one that is too long.");
    public static readonly TokenError AssertionReplayed = new(Client, "client_assertion_replayed", 401, "The client assertion was used before.");
    public static readonly TokenError AttemptsLimited = new(Slow, "attempts_limited", 429, "Too many failed attempts.");
    public static readonly TokenError RateLimited = new(Slow, "rate_limited", 429, "Too many requests of this client.");

    // What it asks for.
    public static readonly TokenError GrantNotAllowed = new("unauthorized_client", "grant_not_allowed", 400, "The client may not use this grant.");
    public static readonly TokenError TargetRefused = new("invalid_target", "target_not_allowed", 400, "The client may not have tokens for this audience or resource, or not together.");
    public static readonly TokenError ScopeMalformed = new("invalid_scope", "scope_malformed", 400, "The scope is no list of scopes.");
    public static readonly TokenError ScopeRefused = new("invalid_scope", "scope_not_allowed", 400, "The client or the subject token does not have all of this scope.");

    // Token exchange.
    public static readonly TokenError SubjectTokenMissing = new(Request, "subject_token_missing", 400, "There is no subject_token.");
    public static readonly TokenError SubjectTokenType = new(Request, "subject_token_type_unsupported", 400, "The subject_token_type must be that of an access token or a JWT.");
    public static readonly TokenError RequestedTokenType = new(Request, "requested_token_type_unsupported", 400, "The requested_token_type must be that of an access token or a JWT.");
    public static readonly TokenError ActorTokenUnsupported = new(Request, "actor_token_unsupported", 400, "An actor_token is not supported: the client is the actor.");
    public static readonly TokenError MayActRefused = new(Request, "may_act_refused", 400, "The subject token says who may act for its subject, and the client is not the one.");
    public static readonly TokenError ActMalformed = new(Request, "act_malformed", 400, "The subject token's act is no chain of actors.");
    public static readonly TokenError ActTooDeep = new(Request, "act_too_deep", 400, "The subject token has passed through too many actors.");
    public static readonly TokenError SubjectTokenExpired = new(Request, "subject_token_expired", 400, "The subject token has expired.");

    // Outages.
    public static readonly TokenError SigningUnavailable = new(Away, "signing_unavailable", 503, "No token can be signed now.");
    public static readonly TokenError AuditUnavailable = new(Away, "audit_unavailable", 503, "No token can be recorded now, and so none is issued.");
    public static readonly TokenError ReplaysUnavailable = new(Away, "replay_check_unavailable", 503, "Whether the client assertion was used before cannot be known now.");
    public static readonly TokenError KeysUnavailable = new(Away, "keys_unavailable", 503, "The subject token cannot be checked now.");
    public static readonly TokenError RevocationsStale = new(Away, "revocations_stale", 503, "Whether the subject token has been revoked cannot be known now.");
    public static readonly TokenError NotInitialised = new(Away, "not_initialised", 503, "The gateway cannot check tokens yet.");

    /// <summary>Seconds that the <c>Retry-After</c> header names; null for none.</summary>
    public int? RetryAfter { get; init; } = Status switch { 429 => 60, 503 => 5, _ => null };

    /// <summary>A subject token that the outer door refuses, for its reason (RFC 8693 section 2.2.2).</summary>
    public static TokenError SubjectTokenRefused(Tokens.TokenFault fault) => new(Request, "subject_token_" + fault.Code, 400, "The subject token is refused. " + fault.Detail);

    /// <summary>A subject of whom no federated token can be made.</summary>
    public static TokenError FederationRefused(FederationRefusal refusal) => new(refusal.Error, refusal.Reason, 400, refusal.Description);
}
