namespace Sallyport.Tests.Foreign;

/// <summary>What a verifier made of a token.</summary>
/// <param name="Subject">The subject that it read; null when it refused.</param>
/// <param name="Refusal">Why it refused, in its own words; null when it accepted.</param>
internal sealed record ForeignVerdict(string? Subject, string? Refusal);
