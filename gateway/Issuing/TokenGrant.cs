namespace Sallyport.Gateway.Issuing;

/// <summary>What a grant came to: a token to mint and what to say of it, or an error.</summary>
internal readonly record struct TokenGrant
{
    public TokenError? Error { get; private init; }

    public MintRequest? Request { get; init; }

    public IReadOnlyList<string> Scopes { get; init; }

    /// <summary>The <c>issued_token_type</c> (RFC 8693 section 2.2.1); null for other grants.</summary>
    public string? IssuedTokenType { get; init; }

    /// <summary>False for a token that is no access token (<c>N_A</c>, RFC 8693 section 2.2.1).</summary>
    public bool IsBearer { get; init; }

    /// <summary>Whose token was exchanged, for the audit of a refusal.</summary>
    public string? Subject { get; init; }

    public static implicit operator TokenGrant(TokenError error) => new() { Error = error };
}
