using Sallyport.Gateway.Audit;

namespace Sallyport.Gateway.Proof;

/// <summary>What is asked of an archive: one token, by itself or by its <c>jti</c>, or every one of a stretch of time.</summary>
internal sealed record ProofQuestion
{
    /// <summary>The token; null for none.</summary>
    public ReadToken? Token { get; init; }

    /// <summary>A <c>jti</c>; null for none.</summary>
    public string? TokenId { get; init; }

    public DateTimeOffset Since { get; init; } = DateTimeOffset.MinValue;

    public DateTimeOffset Until { get; init; } = DateTimeOffset.MaxValue;

    /// <summary>Whether it is about one token.</summary>
    public bool IsOfOne => Token is not null || TokenId is not null;

    public bool IsInRange(AuditRecord record) => record.Time >= Since && record.Time <= Until;
}
