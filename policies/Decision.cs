namespace Sallyport.Policies;

/// <summary>What a requirement says of a principal. The default value is a refusal.</summary>
public readonly record struct Decision
{
    private Decision(bool allowed, string? reason, string? detail, string? scope)
    {
        IsAllowed = allowed;
        _reason = reason;
        _detail = detail;
        MissingScope = scope;
    }

    private readonly string? _reason;
    private readonly string? _detail;

    /// <summary>Whether the request may pass.</summary>
    public bool IsAllowed { get; }

    /// <summary>The stable code of a refusal; <c>allowed</c> otherwise.</summary>
    public string Reason => _reason ?? (IsAllowed ? "allowed" : DenialReason.NotDecided);

    /// <summary>A sentence that names only what is configured, never a value of the token.</summary>
    public string Detail => _detail ?? "";

    /// <summary>The scopes to ask for, separated by spaces, when <see cref="Reason"/> is <see cref="DenialReason.InsufficientScope"/>.</summary>
    public string? MissingScope { get; }

    /// <summary>The request may pass.</summary>
    public static Decision Allowed { get; } = new(true, null, null, null);

    /// <summary>The request may not pass.</summary>
    public static Decision Denied(string reason, string detail) => new(false, reason, detail, null);

    /// <summary>The request may not pass for want of scope (RFC 6750 section 3.1).</summary>
    public static Decision InsufficientScope(string scope) =>
        new(false, DenialReason.InsufficientScope, $"The token lacks the scope that this route asks for: {scope}.", scope);
}
