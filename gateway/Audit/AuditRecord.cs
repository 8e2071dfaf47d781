namespace Sallyport.Gateway.Audit;

/// <summary>One thing that somebody may have to prove later: a token that was minted or refused, a key that changed its state.</summary>
internal sealed record AuditRecord
{
    /// <summary>What happened: a word of <see cref="AuditEvent"/>.</summary>
    public required string Event { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>Who asked for it: a <c>client_id</c>, <c>operator</c>, or <c>rotation</c>.</summary>
    public string? Actor { get; init; }

    /// <summary>The key that signed, or that changed.</summary>
    public string? KeyId { get; init; }

    /// <summary>The token's <c>jti</c>.</summary>
    public string? TokenId { get; init; }

    /// <summary>SHA-256 of the whole token, base64url: never the token.</summary>
    public string? TokenHash { get; init; }

    public string? Subject { get; init; }

    public IReadOnlyList<string> Audiences { get; init; } = [];

    /// <summary>Why it was refused or done: a fixed code, or what the operator gave.</summary>
    public string? Reason { get; init; }

    public DateTimeOffset? Expires { get; init; }
}
