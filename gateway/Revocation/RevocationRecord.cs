namespace Sallyport.Gateway.Revocation;

/// <summary>One revocation: whom it concerns, and until when it is kept. Times are whole seconds since 1970 (RFC 7519, NumericDate).</summary>
internal sealed record RevocationRecord
{
    /// <summary>The cutoff of a revocation that asks for no <c>iat</c>.</summary>
    public const uint AnyIssuedAt = uint.MaxValue;

    public required RevocationKind Kind { get; init; }

    /// <summary>The exact <c>iss</c>.</summary>
    public required string Issuer { get; init; }

    /// <summary>The exact <c>jti</c>, <c>sub</c>, <c>kid</c> or thumbprint; empty for all tokens of the issuer.</summary>
    public required string Value { get; init; }

    /// <summary>Tokens with an earlier <c>iat</c>, or none, are concerned; <see cref="AnyIssuedAt"/> for all of them.</summary>
    public required uint IssuedBefore { get; init; }

    /// <summary>It is kept until then.</summary>
    public required uint Expires { get; init; }

    public required uint RevokedAt { get; init; }

    /// <summary>For people; may be empty.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Says nothing of the value: subjects do not belong in logs.</summary>
    public override string ToString() => $"Revocation by {Kind} at {Issuer}";
}
