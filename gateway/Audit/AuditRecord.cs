namespace Sallyport.Gateway.Audit;

/// <summary>One thing that somebody may have to prove later: a token that was minted or refused, a key that changed its state. Its place in the trail is <see cref="TrailLine"/>'s.</summary>
internal sealed record AuditRecord
{
    /// <summary>What happened: a word of <see cref="AuditEvent"/>.</summary>
    public required string Event { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>Who asked for it: a <c>client_id</c>, <c>operator</c>, or <c>rotation</c>.</summary>
    public string? Actor { get; init; }

    /// <summary>The key that signed, or that changed: its <c>kid</c>.</summary>
    public string? KeyId { get; init; }

    /// <summary>The token's <c>jti</c>.</summary>
    public string? TokenId { get; init; }

    /// <summary>SHA-256, base64url, of what was signed: the whole token, never the token itself; an endorsement; an attested payload.</summary>
    public string? Hash { get; init; }

    public string? Subject { get; init; }

    public IReadOnlyList<string> Audiences { get; init; } = [];

    /// <summary>When the token, the key or the endorsement ends; in whole seconds.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Why it was refused or done: a fixed code, or what the operator gave.</summary>
    public string? Reason { get; init; }

    /// <summary>The <c>iss</c> of the tokens, where a trail starts.</summary>
    public string? Issuer { get; init; }

    /// <summary>The name of a trail, where it starts.</summary>
    public string? Trail { get; init; }

    /// <summary>The SPIFFE ID of the workload that did it.</summary>
    public string? SpiffeId { get; init; }

    /// <summary>A signed checkpoint, whole.</summary>
    public string? Checkpoint { get; init; }

    /// <summary>What else people should know.</summary>
    public string? Detail { get; init; }
}
